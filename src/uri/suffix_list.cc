#include "uri/suffix_list.h"

#include <libpsl.h>

namespace sekisho::uri {

void SuffixList::Free::operator()(psl_ctx_st* list) const { psl_free(list); }

Result<SuffixList> SuffixList::system() {
  psl_ctx_t* list = psl_latest(nullptr);
  if (list == nullptr) return Error{"no public suffix list: install the package publicsuffix"};
  return SuffixList(list);
}

Result<SuffixList> SuffixList::load(const std::string& path) {
  psl_ctx_t* list = psl_load_file(path.c_str());
  if (list == nullptr) return errno_error("public suffix list " + path);
  return SuffixList(list);
}

std::string_view SuffixList::registered_domain(std::string_view host) const {
  if (host.starts_with('.')) return {};
  const std::string name(host);
  const char* domain = psl_registrable_domain(list_.get(), name.c_str());
  return domain == nullptr ? std::string_view()
                           : host.substr(static_cast<size_t>(domain - name.c_str()));
}

bool SuffixList::knows(std::string_view host) const {
  const size_t dot = host.rfind('.');
  const std::string last(dot == std::string_view::npos ? host : host.substr(dot + 1));
  return psl_is_public_suffix2(list_.get(), last.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) !=
         0;
}

}  // namespace sekisho::uri

// uri/suffix_list.h: the public suffix list: where in a host name registration begins.
//
// Ownership: the list is loaded once and shared, const and safe for all threads.
// Standards: publicsuffix.org's algorithm; Debian package publicsuffix.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct psl_ctx_st;

namespace sekisho::uri {

class SuffixList {
 public:
  // The newest that the system has.
  static Result<SuffixList> system();
  static Result<SuffixList> load(const std::string& path);

  // "a.example.co.jp" → "example.co.jp"; empty for a suffix itself and for what has no dot.
  // `host` in lower case, as A-labels or as UTF-8.
  std::string_view registered_domain(std::string_view host) const;

  // Does it end in a suffix that the list names (and not only by its rule for all others)?
  bool knows(std::string_view host) const;

 private:
  struct Free {
    void operator()(psl_ctx_st* list) const;
  };
  explicit SuffixList(psl_ctx_st* list) : list_(list) {}

  std::unique_ptr<psl_ctx_st, Free> list_;
};

}  // namespace sekisho::uri

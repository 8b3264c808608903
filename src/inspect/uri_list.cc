#include "inspect/uri_list.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/bytes.h"

namespace sekisho::inspect {
namespace {

constexpr size_t kFormsMax = 16;
constexpr std::string_view kHttp = "http://";

bool has_scheme(std::string_view uri) {
  const size_t colon = uri.find_first_of(":/?#");
  return colon != std::string_view::npos && uri[colon] == ':' && colon > 0 &&
         uri.find('.') > colon;  // "example.jp:8080/" has none
}

// An address inside another, as a redirector has it: "http://a/?to=http://b/".
std::string_view inner_uri(std::string_view uri) {
  for (size_t at = 1; at + 5 < uri.size(); ++at) {
    at = uri.find_first_of("hH", at);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = uri.substr(at);
    if (!starts_with_ignore_case(rest, "http:/") && !starts_with_ignore_case(rest, "https:/"))
      continue;
    return rest.substr(0, rest.find_first_of("&#"));
  }
  return {};
}

// To browsers a backslash is a slash in a path of the web (WHATWG URL §4.4, special schemes).
std::string with_slashes(std::string_view uri) {
  std::string out(uri);
  const std::string_view scheme = uri.substr(0, uri.find_first_of(":/\\?#"));
  const bool other_scheme = uri.substr(scheme.size()).starts_with(':') &&
                            !starts_with_ignore_case(scheme, "http") &&
                            !equals_ignore_case(scheme, "ftp");
  if (other_scheme) return out;
  const size_t path_end = std::min(out.find_first_of("?#"), out.size());
  std::replace(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(path_end), '\\', '/');
  return out;
}

std::string cut(std::string text) {
  if (text.size() <= UriList::kListedBytesMax) return text;
  size_t end = UriList::kListedBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

}  // namespace

UriList::UriList(const uri::SuffixList& suffixes, rules::Matcher* matcher)
    : suffixes_(suffixes), matcher_(matcher) {}

void UriList::reset() {
  seen_.clear();
  seen_bytes_ = 0;
  found_ = 0;
  exceeded_ = obfuscated_ = false;
  listed_.clear();
}

void UriList::add(const uri::FoundUri& found) {
  using Form = uri::FoundUri::Form;
  obfuscated_ |= found.obfuscated;
  const bool mail = found.form == Form::kMailAddress;
  if (!is_new(mail ? "mailto:" + found.written : found.written)) return;
  const auto parsed = uri::parse(found);
  if (!parsed) return;
  forms_.clear();
  if (mail) {
    add_form("mailto:" + found.written);
  } else {
    add_form(found.written);
    if (found.form == Form::kSchemeless) add_form(std::string(kHttp) + found.written);
    add_form(parsed->canonical);
    add_forms(forms_[found.form == Form::kSchemeless ? 1 : 0]);
  }
  match_and_list(parsed);
}

void UriList::add_link(std::string_view uri, std::string_view base) {
  if (uri.size() <= 1 || uri.front() == '#') return;
  std::string whole = uri::resolve(base, with_slashes(uri));
  const bool relative = !has_scheme(whole);
  // Without a base, a path leads nowhere.
  if (relative && (whole.front() == '?' || (whole.front() == '/' && !whole.starts_with("//"))))
    return;
  if (!is_new(whole)) return;
  forms_.clear();
  add_form(std::string(uri));
  add_form(whole);
  if (relative) whole.insert(0, whole.starts_with("//") ? "http:" : kHttp);
  add_form(whole);
  add_forms(whole);
  auto parsed = uri::parse_uri(whole);
  if (parsed) add_form(parsed->canonical);
  // A relative one is listed where it is a host that exists.
  if (relative && parsed && !parsed->is_address && !suffixes_.knows(parsed->host)) parsed.reset();
  match_and_list(parsed);
}

// False too when there are too many.
bool UriList::is_new(std::string_view written) {
  if (exceeded_) return false;
  std::string key(written);
  const size_t bytes = key.size();
  if (++found_ > kFoundMax) exceeded_ = true;
  if (seen_.contains(key)) return false;
  if (seen_.size() == kUrisMax || seen_bytes_ + bytes > kBytesMax) exceeded_ = true;
  if (exceeded_) return false;
  seen_.insert(std::move(key));
  seen_bytes_ += bytes;
  return true;
}

void UriList::add_form(std::string form) {
  if (forms_.size() < kFormsMax && std::find(forms_.begin(), forms_.end(), form) == forms_.end())
    forms_.push_back(std::move(form));
}

// What percent escapes say, and the addresses inside, as often as there is another.
void UriList::add_forms(const std::string& uri) {
  std::string rest = uri;
  for (size_t i = 0; i < kFormsMax && !rest.empty(); ++i) {
    const std::string decoded = uri::percent_decoded(rest);
    if (decoded != rest) add_form(decoded);
    if (i > 0) {
      add_form(rest);
      if (const auto parsed = uri::parse_uri(rest)) add_form(parsed->canonical);
    }
    rest = inner_uri(decoded);
  }
}

void UriList::match_and_list(const std::optional<uri::Uri>& parsed) {
  if (matcher_ != nullptr) matcher_->uri(forms_);
  if (!parsed || listed_.size() == kListedMax) return;
  const std::string_view domain = parsed->is_address ? std::string_view(parsed->host)
                                                     : suffixes_.registered_domain(parsed->host);
  const bool mail = forms_.front().starts_with("mailto:");
  listed_.push_back({cut(mail ? forms_.front() : parsed->canonical), std::string(domain)});
}

}  // namespace sekisho::inspect

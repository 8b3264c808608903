// inspect/uri_list.h: the URIs of one message: each matched once by `uri` rules, the first listed.
//
//   UriList uris(suffixes, matcher);  uris.reset();
//   uris.add(found);  uris.add_link(link, base); …  uris.listed()
// A rule sees a URI as it was written, with its scheme where it had none, percent-decoded and
// canonical (uri/uri.h), and the same of an address inside it (a redirector's target).
//
// Memory: kUrisMax URIs of kBytesMax bytes together.  Over a limit: exceeded(), and what comes then
// is not looked at.  Process: inspector worker.  Lifetime: suffixes and matcher outlive the list.

#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "inspect/verdict.h"
#include "rules/matcher.h"
#include "uri/suffix_list.h"
#include "uri/uri_finder.h"

namespace sekisho::inspect {

class UriList {
 public:
  static constexpr size_t kUrisMax = 5000;
  static constexpr size_t kBytesMax = 1 << 20;
  static constexpr size_t kFoundMax = 50000;  // the same ones among them
  static constexpr size_t kListedMax = 64;
  static constexpr size_t kListedBytesMax = 300;  // longer ones are cut

  // `matcher` may be null.
  UriList(const uri::SuffixList& suffixes, rules::Matcher* matcher);

  void reset();
  // Of text.
  void add(const uri::FoundUri& found);
  // Of HTML: `base` is what relative ones are relative to, or empty.
  void add_link(std::string_view uri, std::string_view base);

  bool exceeded() const { return exceeded_; }
  bool obfuscated() const { return obfuscated_; }
  std::vector<SeenUri>& listed() { return listed_; }

  const uri::SuffixList& suffixes() const { return suffixes_; }

 private:
  bool is_new(std::string_view written);
  void add_form(std::string form);
  void add_forms(const std::string& uri);
  void match_and_list(const std::optional<uri::Uri>& parsed);

  const uri::SuffixList& suffixes_;
  rules::Matcher* matcher_;
  std::unordered_set<std::string> seen_;
  size_t seen_bytes_ = 0;
  size_t found_ = 0;
  bool exceeded_ = false;
  bool obfuscated_ = false;
  std::vector<std::string> forms_;  // of the URI that is being added
  std::vector<SeenUri> listed_;
};

}  // namespace sekisho::inspect

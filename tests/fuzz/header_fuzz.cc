// Header values: bounded, names in lower case, no line end left by unfold(). Of a plain value the
// short way gives what all others give.

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "mail/header.h"
#include "mail/loose_header.h"
#include "mail/plain_value.h"

using namespace sekisho::mail;

namespace {

void check(const Parameters& parameters) {
  SEKISHO_CHECK(parameters.list.size() <= kParametersMax);
  for (const auto& parameter : parameters.list)
    SEKISHO_CHECK(parameter.first == sekisho::to_lower(parameter.first));
}

void check_same(const PlainValue& plain, const Parameters& parameters) {
  SEKISHO_CHECK(plain.count == parameters.list.size());
  for (const auto& [name, value] : parameters.list) SEKISHO_CHECK(plain.get(name) == value);
}

void check_plain(const PlainValue& plain, std::string_view value) {
  const ContentDisposition disposition = parse_content_disposition(value);
  SEKISHO_CHECK(sekisho::to_lower(plain.word) == disposition.disposition);
  check_same(plain, disposition.parameters);
  std::vector<std::string> boundaries, names;
  find_boundaries(value, plain.get("boundary"), boundaries);
  SEKISHO_CHECK(boundaries.size() == (plain.get("boundary").empty() ? 0 : 1));
  for (const std::string& boundary : boundaries) SEKISHO_CHECK(boundary == plain.get("boundary"));
  find_names(value, names);
  for (const std::string& name : names)
    SEKISHO_CHECK(name == plain.get("name") || name == plain.get("filename"));
  if (!parse_plain_type(value)) return;
  const ContentType type = parse_content_type(value);
  SEKISHO_CHECK(sekisho::to_lower(plain.word) == type.type);
  check_same(plain, type.parameters);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(bytes), size);
  const ContentType type = parse_content_type(value);
  SEKISHO_CHECK(type.type.empty() || type.type.find('/') != std::string::npos);
  check(type.parameters);
  check(parse_content_disposition(value).parameters);
  if (const auto plain = parse_plain_value(value)) check_plain(*plain, value);
  const std::string line = unfold(value);
  SEKISHO_CHECK(line.size() <= value.size() && line.find_first_of("\r\n") == std::string::npos);
  std::vector<std::string> boundaries, names;
  find_boundaries(value, type.parameters.get("boundary"), boundaries);
  find_names(value, names);
  SEKISHO_CHECK(boundaries.size() <= kBoundaryCandidatesMax && names.size() <= kNameCandidatesMax);
  for (const std::string& boundary : boundaries) SEKISHO_CHECK(!boundary.empty());
  if (const auto found = find_content_field(value)) SEKISHO_CHECK(found->value.size() < size);
  return 0;
}

// Header values: bounded, names in lower case, no line end left by unfold().

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "mail/header.h"
#include "mail/loose_header.h"

using namespace sekisho::mail;

namespace {

void check(const Parameters& parameters) {
  SEKISHO_CHECK(parameters.list.size() <= kParametersMax);
  for (const auto& parameter : parameters.list)
    SEKISHO_CHECK(parameter.first == sekisho::to_lower(parameter.first));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(bytes), size);
  const ContentType type = parse_content_type(value);
  SEKISHO_CHECK(type.type.empty() || type.type.find('/') != std::string::npos);
  check(type.parameters);
  check(parse_content_disposition(value).parameters);
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

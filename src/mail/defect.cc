#include "mail/defect.h"

#include <array>

namespace sekisho::mail {
namespace {

constexpr std::array<std::string_view, static_cast<size_t>(Defect::kCount)> kNames{
    "mbox_from_line",
    "header_unfinished",
    "bad_header_line",
    "field_too_long",
    "header_too_large",
    "blank_before_colon",
    "bare_cr_in_header",
    "nul_in_header",
    "eight_bit_header",
    "duplicate_content_type",
    "duplicate_encoding",
    "bad_content_type",
    "missing_boundary",
    "boundary_too_long",
    "missing_final_boundary",
    "part_after_end",
    "too_deep",
    "too_many_parts",
    "unknown_encoding",
    "encoded_container",
    "ambiguous_boundary",
    "ambiguous_encoding",
    "boundary_on_leaf",
    "loose_delimiter",
    "hidden_field",
    "hidden_part",
    "odd_base64",
    "file_in_text",
    "ambiguous_beyond_limit"};

}  // namespace

std::string_view defect_name(Defect defect) { return kNames[static_cast<size_t>(defect)]; }

std::vector<std::string_view> Defects::names() const {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < kNames.size(); ++i)
    if (has(static_cast<Defect>(i))) names.push_back(kNames[i]);
  return names;
}

}  // namespace sekisho::mail

// mail/defect.h: what is wrong with a part, as bits that rules and policy can name.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sekisho::mail {

enum class Defect : unsigned {
  kMboxFromLine,          // the message begins with "From "
  kHeaderUnfinished,      // the header ends without an empty line
  kBadHeaderLine,         // a line in the header is no field
  kFieldTooLong,          // a field was cut at MimeLimits::field_bytes
  kHeaderTooLarge,        // over MimeLimits::header_bytes or fields
  kBlankBeforeColon,      // "Subject : x"
  kBareCarriageReturn,    // in a header field
  kNul,                   // in a header field
  kEightBitHeader,        // bytes over 127 in a header field
  kDuplicateContentType,  // all are read, one in each reading
  kDuplicateEncoding,
  kBadContentType,
  kMissingBoundary,  // a multipart without boundary: read as a leaf
  kBoundaryTooLong,  // longer than MimeLimits::boundary_bytes: read as a leaf
  kMissingFinalBoundary,
  kPartAfterEnd,  // a delimiter after the close delimiter
  kTooDeep,       // over MimeLimits::depth: read as a leaf
  kTooManyParts,  // over MimeLimits::parts: the rest is one leaf
  kUnknownEncoding,
  kEncodedContainer,      // base64 or quoted-printable on a multipart
  kAmbiguousBoundary,     // several boundary parameters, or one that clients read differently
  kAmbiguousEncoding,     // several transfer encodings in one part
  kBoundaryOnLeaf,        // a boundary parameter where the type is no multipart
  kLooseDelimiter,        // a delimiter line with more behind the boundary
  kHiddenField,           // a Content-* field that only a forgiving client finds
  kHiddenPart,            // a part that only another reading finds
  kOddBase64,             // base64 with padding inside, junk, or cut off
  kFileInText,            // uuencode, yEnc or BinHex inside a text
  kAmbiguousBeyondLimit,  // more readings than ReadingPlan::kReadingsMax
  kCount
};

std::string_view defect_name(Defect defect);

class Defects {
 public:
  void add(Defect defect) { bits_ |= bit(defect); }
  bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  void merge(Defects other) { bits_ |= other.bits_; }
  bool empty() const { return bits_ == 0; }
  std::vector<std::string_view> names() const;
  bool operator==(const Defects&) const = default;

 private:
  static uint64_t bit(Defect defect) { return uint64_t{1} << static_cast<unsigned>(defect); }

  uint64_t bits_ = 0;
};

}  // namespace sekisho::mail

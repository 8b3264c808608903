// codec/decode_defect.h: what was odd in transfer-encoded data, as bits.

#pragma once

namespace sekisho::codec::decode_defect {

constexpr unsigned kJunk = 1;           // bytes outside the alphabet
constexpr unsigned kPaddingInside = 2;  // base64: data behind padding, or padding in a group
constexpr unsigned kTruncated = 4;      // ends inside a group, an escape or an encoded file
constexpr unsigned kBadEscape = 8;      // "=" not followed by two hex digits or a line end

constexpr unsigned kOddLine = 16;  // base64: a line ends inside a group
constexpr unsigned kNoBegin = 32;  // uuencode: no "begin" line

}  // namespace sekisho::codec::decode_defect

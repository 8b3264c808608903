// mail/part.h: what is known of one part of a message.

#pragma once

#include <cstdint>
#include <string>

#include "codec/transfer_decoder.h"
#include "mail/defect.h"

namespace sekisho::mail {

struct Part {
  enum class Kind { kLeaf, kMultipart, kMessage };

  std::string path;    // the root is "1", its children "1.1", "1.2"
  unsigned depth = 0;  // 0: the root
  Kind kind = Kind::kLeaf;
  std::string type;            // "text/plain", lower case, the default where none is given
  std::string charset;         // lower case; empty where none is given
  std::string encoding_label;  // Content-Transfer-Encoding as it stands there, on one line
  codec::TransferEncoding encoding = codec::TransferEncoding::kIdentity;
  std::string file_name;    // UTF-8: filename of Content-Disposition, else name of Content-Type
  std::string other_name;   // name of Content-Type where it differs from file_name
  bool attachment = false;  // Content-Disposition says other than "inline" (RFC 2183 §2.8)
  Defects defects;
  uint64_t header_begin = 0;  // offsets in the source
  uint64_t body_begin = 0;
  uint64_t body_end = 0;
};

}  // namespace sekisho::mail

// mail/part_walk.h: a message in one reading: its parts with their bodies decoded, through messages
// that stand in base64 too.
//
//   PartWalk walk(on_event);
//   ReadingPlan plan;
//   while (auto reading = plan.next()) {
//     walk.begin(*reading);  walk.feed(chunk)…;  plan.note(*reading, walk.finish());
//   }
//
// on_event gets PartBegin, HeaderField, HeadersEnd, Decoded, PartEnd, End as MimeParser gives them,
// with decoded bytes. A message/rfc822 in base64 or quoted-printable is fed to a parser of its own:
// its root is child ".1" of the part; in a reading with mails_deep, so is a file that is a mail
// (attached_mail.h). In a reading with inner_files the files inside parts are the
// parts (inner_files.h): "1.2/1" is the first file in the text 1.2, or in the winmail.dat; behind
// limits.parts files all others are one. A file's name may come behind its bytes: at PartEnd it is
// there.
//
// The same bytes may come in several readings: `object` names the bytes of an ended part by where
// they stand and how they were decoded, so that they need not be looked at twice.
//
// Memory: a MimeParser for each message in a message (kEncodedMessagesMax at most, made when first
// needed), a decoded chunk.  Time: linear.  Process: inspector worker, command line.
// Lifetime: views and `part` are valid during on_event.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/keyed_hash.h"
#include "codec/loose_decoder.h"
#include "codec/transfer_decoder.h"
#include "mail/attached_mail.h"
#include "mail/inner_files.h"
#include "mail/mime_parser.h"

namespace sekisho::mail {

struct WalkEvent {
  enum class Kind { kPartBegin, kHeaderField, kHeadersEnd, kDecoded, kPartEnd, kEnd };

  Kind kind = Kind::kEnd;
  const Part* part = nullptr;
  std::string_view name, value;     // kHeaderField
  uint64_t offset = 0, length = 0;  // kHeaderField, in its own message
  std::string_view bytes;           // kDecoded
  bool is_leaf = false;             // kHeadersEnd, kPartEnd: decoded bytes come, have come
  uint64_t object = 0;              // of a leaf: kHeadersEnd where it begins, kPartEnd all of it
  Defects defects;                  // kPartEnd: the part's, and those of its encoding
};

class PartWalk {
 public:
  static constexpr size_t kEncodedMessagesMax = 8;
  static constexpr size_t kFurtherNamesMax = 8;    // of a file inside a part
  static constexpr size_t kAttachedMailsMax = 64;  // behind them, kTooManyParts
  using OnEvent = std::function<void(const WalkEvent&)>;

  explicit PartWalk(OnEvent on_event, MimeLimits limits = {});

  void begin(const Reading& reading);
  void feed(std::string_view bytes);
  Hints finish();

 private:
  // One message: the outermost, or one inside base64.
  struct Frame {
    explicit Frame(MimeLimits limits) : parser(limits) {}

    MimeParser parser;
    enum class Body { kNone, kLeaf, kMessage, kSkipped } body = Body::kNone;
    codec::TransferEncoding encoding = codec::TransferEncoding::kIdentity;
    codec::TransferDecoder decoder;
    std::string decoded;
    uint64_t origin = 0;  // tells the messages of different parts apart
    Defects defects;      // of the open leaf's encoding
    AttachedMail mail;
    bool may_be_mail = false;
    unsigned looked_at = 0;
    bool looks_like_base64 = false;
    bool lower_case = false;   // quoted-printable: digits of an escape
    size_t cr_matched = 0;     // of a CR and two dashes, how many have come
    unsigned escape_left = 0;  // quoted-printable: digits of an escape that may come
    uint64_t decoded_bytes = 0;
  };

  void drain(size_t level);
  void on_parsed(size_t level, const MimeEvent& event);
  void begin_body(size_t level, const Part& part);
  bool begin_message(size_t level, const Part& part);
  bool is_attached_mail(const Frame& frame, const Part& part);
  void note_attached_mail(Frame& frame, const Part& part);
  void take_chunk(size_t level, const Part& part, std::string_view raw);
  void take_decoded(size_t level, const Part& part, std::string_view bytes);
  void end_body(size_t level, const Part& part);
  void look_for_lower_case(Frame& frame, std::string_view raw);
  void look_for_bare_cr(Frame& frame, std::string_view raw);
  void note_oddities(Frame& frame);
  void choose_decoding(Frame& frame, const Part& part);
  void look_for_base64(Frame& frame, std::string_view raw);
  bool is_loose(const Frame& frame) const;
  uint64_t object_of(const Frame& frame, const Part& part, uint64_t end);
  uint64_t object_of_file();
  void emit_end(const Part& part, bool is_leaf, uint64_t object, Defects defects);
  void on_file(const Part& part, const InnerFileEvent& event);
  void begin_file(const Part& part, const InnerFileEvent& event);
  void add_file_name(std::string_view name);
  void end_file();

  OnEvent on_event_;
  MimeLimits limits_;
  Reading reading_;
  Hints hints_;
  std::vector<std::unique_ptr<Frame>> frames_;
  codec::LooseDecoder loose_;
  InnerFiles files_;
  Part file_;
  unsigned files_of_part_ = 0;
  size_t files_of_message_ = 0;
  bool file_open_ = false;
  std::vector<uint64_t> attached_mails_;  // of all readings of a message, where they begin
  codec::KeyedHash hash_;
};

}  // namespace sekisho::mail

// mail/tnef.h: the files in a winmail.dat (TNEF), while it streams.
//
//   Tnef t;  t.feed(chunk, on_file);  …  t.finish(on_file);
//
// Given are the attachments, with all names that they bear (the short one, the long one, the one
// shown), those of messages attached, and the text of the message ("body.txt", "body.html",
// "body.rtf", the last one unpacked). A name may come behind the bytes.
//
// Memory: kNameBytesMax, two codec buffers, an RTF dictionary of 4 KB; the same again for each
// message attached, kDepthMax at most (a deeper one is a file).  Process: inspector worker.  Time:
// linear. Broken input: never fails; what can't be an attribute ends the reading. Checksums are not
// looked at, as clients don't. Standards: MS-OXTNEF §2.1, MS-OXRTFCP §2.2.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "codec/charset_decoder.h"
#include "mail/inner_file.h"
#include "mail/mapi_properties.h"
#include "mail/packed_rtf.h"

namespace sekisho::mail {

class Tnef {
 public:
  static constexpr std::string_view kMagic = "\x78\x9f\x3e\x22";
  static constexpr size_t kNameBytesMax = 1024;
  static constexpr unsigned kDepthMax = 8;

  explicit Tnef(unsigned depth = 0) : depth_(depth) { reset(); }

  void reset();
  void feed(std::string_view bytes, const OnInnerFile& on_file);
  void finish(const OnInnerFile& on_file);

 private:
  enum class Step { kSignature, kAttribute, kData, kChecksum, kEnded };
  // What the bytes of an attribute or of a property are.
  enum class Use {
    kPass,
    kName8,
    kName16,
    kFile,
    kObject,
    kMessage,
    kText,
    kPackedRtf,
    kCodePage,
    kProperties
  };

  struct Text {
    std::string_view name, type, charset;
  };

  void on_gathered(const OnInnerFile& on_file);
  void gather(Step step, size_t bytes);
  void begin_attribute(uint8_t level, uint16_t id, const OnInnerFile& on_file);
  void on_value(const MapiProperties::Value& value, const OnInnerFile& on_file);
  Use use_of(const MapiProperties::Value& value) const;
  void begin(Use use, const OnInnerFile& on_file);
  void take(std::string_view bytes, const OnInnerFile& on_file);
  void take_object(std::string_view bytes, const OnInnerFile& on_file);
  void end(const OnInnerFile& on_file);
  void begin_text(const Text& text, const OnInnerFile& on_file);
  void give(std::string_view bytes, const OnInnerFile& on_file);
  void add_name(const OnInnerFile& on_file);
  void open_file(const OnInnerFile& on_file);
  void close_file(const OnInnerFile& on_file);

  unsigned depth_;
  Step step_ = Step::kSignature;
  std::array<unsigned char, 9> gathered_{};
  size_t have_ = 0, need_ = 0;
  uint32_t left_ = 0;  // of the attribute's data
  bool of_attachment_ = false;
  Use attribute_use_ = Use::kPass;
  Use use_ = Use::kPass;  // of the attribute, or of the value in it
  MapiProperties properties_;
  std::string text_;  // a name, a code page, the begin of an object
  std::string name_;  // of the attachment, until its file is open
  std::string decoded_;
  bool open_ = false;
  bool has_data_ = false;
  std::string charset_;
  codec::CharsetDecoder decoder_;
  PackedRtf rtf_;
  std::string unpacked_;
  std::unique_ptr<Tnef> inner_;
};

}  // namespace sekisho::mail

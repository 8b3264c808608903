// inspect/part_reader.h: one leaf part on its way to the rules and to the antivirus.
//
// begin() when its headers are read, feed() with its decoded bytes, end() when it is over: they go
// to a scratch file that libclamav and the attachment reader then look at, text goes to a
// TextReader too. Where the bytes speak for another charset than their label, or a page states one
// itself, they are read from the scratch once more in that one. What stands in a data: URI of HTML,
// and the page of a srcdoc, is a part of its own, and so is what stands in a page in it,
// kDataDepthMax deep. An attachment that a browser opens (by its name, or by its first bytes) is
// looked through for data: URIs and addresses; it is no text of the mail.
//
// Memory: for each level a scratch, a TextReader and a buffer of kWindowBytes.
// Process: inspector worker.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "antivirus/engine.h"
#include "inspect/attachment_reader.h"
#include "inspect/scratch.h"
#include "inspect/text_reader.h"

namespace sekisho::inspect {

// What the antivirus said of all objects so far; a read or write error counts as "engine_error".
struct AntivirusFindings {
  std::vector<std::string> viruses;
  std::vector<std::string> unscanned;
  double milliseconds = 0;

  void add(const antivirus::ScanResult& result);
};

// Of all parts of one message.
struct PartFindings {
  AntivirusFindings antivirus;
  bool hidden_text = false;
  bool wrong_charset = false;
  bool data_too_deep = false;
  bool too_much_data = false;
  size_t data_parts = 0;
};

class PartReader {
 public:
  // Messages up to this size are read by libclamav's own lenient mail parser too; its memory grows
  // with its input (3.3 times), so a larger one is given to it as bytes.
  static constexpr uint64_t kMailReadingBytesMax = 2 << 20;
  // data: URIs in pages in data: URIs. The Matcher has room for the parts that are then open.
  static constexpr size_t kDataDepthMax = 3;
  static_assert(kDataDepthMax < rules::Matcher::kPartsOpenMax);
  // data: URIs of one message that are looked at.
  static constexpr size_t kDataPartsMax = 2000;

  // `matcher` and `engine` may be null; one scratch for each level.
  PartReader(rules::Matcher* matcher, antivirus::Engine* engine, UriList& uris,
             PartFindings& findings, std::span<Scratch> scratches);

  enum class Rules { kMatch, kSeenBefore };
  enum class Antivirus { kScan, kSeenBefore };

  // What a text is: `type` in lower case, `charset` as given.
  struct TextForm {
    std::string_view type, charset;
    mail::Part::Flow flow = mail::Part::Flow::kFixed;
  };
  // `attachments` has been told of the part; null where the attachments don't count.
  void begin(const TextForm& form, Rules rules = Rules::kMatch,
             AttachmentReader* attachments = nullptr);
  void feed(std::string_view decoded);
  enum class Opens { kByContent, kAsPage };  // what a client does with the file's name
  void end(Antivirus antivirus = Antivirus::kScan, Opens opens = Opens::kByContent);
  bool open() const { return open_; }

 private:
  void read_otherwise();
  void read_again(std::string_view charset);
  void read_as(TextReader::Markup markup);
  std::optional<TextReader::Markup> opens_as(Opens opens);
  void feed_scratch_to_text();
  void take_data();
  void begin_data(const codec::HtmlData& data);
  void begin_inner(const codec::HtmlData& data, AttachmentReader* attachments);
  void scan_scratch();
  bool examine(int fd);

  rules::Matcher* matcher_;
  antivirus::Engine* engine_;
  AttachmentReader* attachments_ = nullptr;
  std::string inner_type_;  // of what stands in another part; empty for a part of the message
  PartFindings& findings_;
  Scratch& scratch_;
  TextReader text_;
  std::unique_ptr<PartReader> data_;  // null in the innermost level
  bool is_text_ = false;
  TextReader::Markup markup_ = TextReader::Markup::kPlain;
  bool is_matched_ = false;
  bool open_ = false;
  bool scratch_failed_ = false;
  std::string window_;
};

}  // namespace sekisho::inspect

// inspect/part_reader.h: one leaf part on its way to the rules and to the antivirus.
//
// begin() when its headers are read, feed() with its decoded bytes, end() when it is over: they go
// to a scratch file that libclamav and the
// attachment readers then look at; text in UTF-8 and decoded raw text to the matcher.
//
// Memory: two buffers of a window's size and the decoders' fixed state.  Process: inspector worker.

#pragma once

#include <string>

#include "antivirus/engine.h"
#include "codec/charset_decoder.h"
#include "codec/html_text.h"
#include "inspect/attachment_reader.h"
#include "inspect/scratch.h"
#include "mail/mime_parser.h"
#include "rules/matcher.h"

namespace sekisho::inspect {

// What the antivirus said of all objects so far; a read or write error counts as "engine_error".
struct AntivirusFindings {
  std::vector<std::string> viruses;
  std::vector<std::string> unscanned;
  double milliseconds = 0;

  void add(const antivirus::ScanResult& result);
};

class PartReader {
 public:
  // Messages up to this size are read by libclamav's own lenient mail parser too; its memory grows
  // with its input (3.3 times), so a larger one is given to it as bytes.
  static constexpr uint64_t kMailReadingBytesMax = 2 << 20;

  // `matcher` and `engine` may be null.
  PartReader(rules::Matcher* matcher, antivirus::Engine* engine, AttachmentReader attachments,
             Scratch scratch);

  enum class Rules { kMatch, kSeenBefore };
  enum class Antivirus { kScan, kSeenBefore };

  void begin(const mail::Part& part, Rules rules = Rules::kMatch);
  void feed(std::string_view decoded);
  void end(Antivirus antivirus = Antivirus::kScan);
  bool open() const { return open_; }

  void reset() {
    findings_ = {};
    attachments_.reset();
  }
  const AntivirusFindings& findings() const { return findings_; }
  const attachment::FindingList& attachments() const { return attachments_.findings(); }

 private:
  void scan_scratch();

  rules::Matcher* matcher_;
  antivirus::Engine* engine_;
  AttachmentReader attachments_;
  Scratch scratch_;
  codec::CharsetDecoder charset_;
  codec::HtmlText html_;
  enum class Text { kNone, kPlain, kHtml } text_ = Text::kNone;
  bool open_ = false;
  bool scratch_failed_ = false;
  std::string utf8_;
  std::string rendered_;
  AntivirusFindings findings_;
};

}  // namespace sekisho::inspect

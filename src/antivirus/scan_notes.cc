#include "antivirus/scan_notes.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "antivirus/unopened.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "codec/html_sniff.h"

namespace sekisho::antivirus {
namespace {

thread_local ScanNotes* current = nullptr;

constexpr uint64_t kCutBytes = 64 << 10;  // a member is cut a block before the limit

void note_virus(int, const char* name, void* context) {
  if (context != nullptr && name != nullptr) static_cast<ScanNotes*>(context)->on_name(name);
}

// Called for each object, nested ones too. (The newer clcb_file_inspection is too, but reads the
// whole object into memory first.)
cl_error_t note_object(int fd, const char* type, void* context) {
  if (context != nullptr && type != nullptr) static_cast<ScanNotes*>(context)->on_object(fd, type);
  return CL_CLEAN;  // go on
}

cl_error_t note_member(const char*, unsigned long, const char*, unsigned long bytes, int encrypted,
                       unsigned int, void* context) {
  if (context != nullptr) static_cast<ScanNotes*>(context)->on_member(bytes, encrypted != 0);
  return CL_CLEAN;
}

void note_message(cl_msg severity, const char*, const char* text, void*) {
  if (severity < CL_MSG_WARN) return;
  const std::string_view line = trim(text == nullptr ? "" : text);
  if (current != nullptr)
    current->on_message(severity, line);
  else
    log_warning("libclamav", {{"says", line}});
}

void add_sorted(std::vector<std::string>& names, std::string_view name) {
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  if (at == names.end() || *at != name) names.insert(at, std::string(name));
}

// What more can be said of than libclamav says.
bool is_container(std::string_view type) {
  static constexpr std::array<std::string_view, 19> kTypes = {
      "CL_TYPE_ZIP",     "CL_TYPE_ZIPSFX",    "CL_TYPE_7Z",      "CL_TYPE_7ZSFX", "CL_TYPE_RAR",
      "CL_TYPE_RARSFX",  "CL_TYPE_PDF",       "CL_TYPE_MSOLE2",  "CL_TYPE_MSEXE", "CL_TYPE_ELF",
      "CL_TYPE_ONENOTE", "CL_TYPE_LNK",       "CL_TYPE_ISO9660", "CL_TYPE_GZ",    "CL_TYPE_BZ",
      "CL_TYPE_XZ",      "CL_TYPE_POSIX_TAR", "CL_TYPE_OLD_TAR", "CL_TYPE_MSCAB"};
  return type.starts_with("CL_TYPE_OOXML") || type.starts_with("CL_TYPE_MACHO") ||
         std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

// "Subject: …", "From …": what libclamav, too, takes a mail for.
bool begins_as_mail(std::string_view head) {
  static constexpr std::array<std::string_view, 14> kFields = {
      "from:",           "to:",           "cc:",           "subject:",
      "date:",           "received:",     "return-path:",  "message-id:",
      "mime-version:",   "content-type:", "delivered-to:", "reply-to:",
      "dkim-signature:", "from "};
  const std::string_view text = trim(head);
  return starts_with_ignore_case(text, "x-") ||
         std::any_of(kFields.begin(), kFields.end(),
                     [&](std::string_view field) { return starts_with_ignore_case(text, field); });
}

// By its first tag, or by one that stands behind text or an XML declaration.
bool begins_as_page(std::string_view head) {
  if (codec::looks_like_html(head)) return true;
  static constexpr std::array<std::string_view, 9> kTags = {
      "<html", "<svg", "<!doctype html", "<body", "<script", "<a ", "<img", "<iframe", "<object"};
  const std::string text = to_lower(head);
  return std::any_of(kTags.begin(), kTags.end(),
                     [&](std::string_view tag) { return text.find(tag) != std::string::npos; });
}

// Tells files apart.
std::pair<uint64_t, uint64_t> file_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

}  // namespace

ScanNotes::ScanNotes(uint64_t object_bytes_max, int fd, const OnInner& on_inner)
    : object_bytes_max_(object_bytes_max), on_inner_(on_inner), own_file_(file_of(fd)) {
  current = this;
}

ScanNotes::~ScanNotes() { current = nullptr; }

void ScanNotes::attach(cl_engine* engine) {
  cl_set_clcb_msg(note_message);
  cl_engine_set_clcb_virus_found(engine, note_virus);
  cl_engine_set_clcb_pre_cache(engine, note_object);
  cl_engine_set_clcb_meta(engine, note_member);
}

void ScanNotes::add_unscanned(std::string_view reason) { add_sorted(result_.unscanned, reason); }

void ScanNotes::on_name(std::string_view name) {
  if (name.starts_with("Heuristics.Limits.Exceeded"))
    add_unscanned("limit");
  else if (name.starts_with("Heuristics.Encrypted."))
    add_unscanned("encrypted");
  else if (name.starts_with(kUnopenedPrefix))
    add_unscanned("unsupported_archive");
  else
    add_sorted(result_.viruses, name);
}

// Debian's libclamav has no unrar code and says nothing when it meets such an archive. And a member
// that is larger than its archive says is cut at the limit, without a word.
void ScanNotes::on_object(int fd, std::string_view type) {
  const bool nested = std::exchange(nested_, true);
  if (nested && fd >= 0) {
    const Result<uint64_t> bytes = file_size(fd);
    if (!bytes || *bytes + kCutBytes > object_bytes_max_) add_unscanned("limit");
    // What lies in the object without being packed comes with the descriptor of the whole.
    if (bytes && on_inner_ && file_of(fd) != own_file_ && is_container(type) &&
        !on_inner_(fd, *bytes))
      add_unscanned("engine_error");
  }
  if (nested) note_letter(fd, type);
  if (type == "CL_TYPE_RAR" || type == "CL_TYPE_RARSFX") add_unscanned("unsupported_archive");
}

// One that came without a descriptor was unpacked in memory and is small.
void ScanNotes::note_letter(int fd, std::string_view type) {
  std::array<char, codec::kHtmlSniffBytes> head;
  const auto n = read_at(fd, head, 0);
  const std::string_view text(head.data(), n ? *n : 0);
  const bool is_mail = type == "CL_TYPE_MAIL" || begins_as_mail(text);
  const bool is_page = type.starts_with("CL_TYPE_HTML") || begins_as_page(text);
  if (!is_mail && !is_page) return;
  const Result<uint64_t> bytes = file_size(fd);
  // Pages cost no memory by their size.
  largest_letter_ = std::max<uint64_t>(largest_letter_, is_mail && bytes ? *bytes : 1);
}

// A zip member over the limit is cut there without a word, whatever EXCEEDS_MAX says.
void ScanNotes::on_member(uint64_t bytes, bool encrypted) {
  if (bytes > object_bytes_max_) add_unscanned("limit");
  if (encrypted) add_unscanned("encrypted");
}

// A page that can't be read is only a warning to libclamav, and the rest of the object clean.
void ScanNotes::on_message(cl_msg severity, std::string_view text) {
  if (severity >= CL_MSG_ERROR || text.find("fmap_readpage") != std::string_view::npos)
    add_unscanned("engine_error");
  if (!std::exchange(logged_, true)) log_warning("libclamav", {{"says", text}});
}

ScanResult ScanNotes::result(cl_error_t code, const char* virus_name) {
  if (virus_name != nullptr) on_name(virus_name);
  if (result_.viruses.size() > 1)
    std::erase_if(result_.viruses, [](const auto& name) { return name.starts_with(kEicarName); });
  if (code != CL_CLEAN && code != CL_VIRUS) add_unscanned("engine_error");
  if (code == CL_VIRUS && result_.clean()) add_unscanned("engine_error");  // "(null) FOUND"
  return std::move(result_);
}

}  // namespace sekisho::antivirus

#include "antivirus/scan_notes.h"

#include <algorithm>

#include "antivirus/unopened.h"
#include "base/bytes.h"
#include "base/log.h"

namespace sekisho::antivirus {
namespace {

thread_local ScanNotes* current = nullptr;

void note_virus(int, const char* name, void* context) {
  if (context != nullptr && name != nullptr) static_cast<ScanNotes*>(context)->on_name(name);
}

// Called for each object, nested ones too. (The newer clcb_file_inspection is too, but reads the
// whole object into memory first.)
cl_error_t note_object(int, const char* type, void* context) {
  if (context != nullptr && type != nullptr) static_cast<ScanNotes*>(context)->on_object(type);
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

}  // namespace

ScanNotes::ScanNotes(uint64_t object_bytes_max) : object_bytes_max_(object_bytes_max) {
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

// Debian's libclamav has no unrar code and says nothing when it meets such an archive.
void ScanNotes::on_object(std::string_view type) {
  if (type == "CL_TYPE_RAR" || type == "CL_TYPE_RARSFX") add_unscanned("unsupported_archive");
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

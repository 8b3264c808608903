#include "attachment/examiner.h"

#include <algorithm>

#include "attachment/file_name.h"
#include "attachment/office_reader.h"
#include "attachment/pdf_password.h"
#include "attachment/pdf_reader.h"
#include "codec/charset_decoder.h"

namespace sekisho::attachment {
namespace {

// Web sites travel in zips too: in an archive with more members than this a .js is no program.
constexpr size_t kMembersWithScriptMax = 10;
constexpr size_t kDiskMarkBytes = 8;

// Controls as they stand in text, with ISO-2022's shifts and a terminal's backspace.
bool is_plain_text(std::string_view head) {
  for (const std::string_view format : {"%PDF-", "%!PS", "{\\rtf"})
    if (head.starts_with(format)) return false;
  return std::none_of(head.begin(), head.end(), [](char c) {
    return (c >= 0 && c < 8) || (c > 15 && c < 32 && c != 27) || c == 127;
  });
}

}  // namespace

Result<std::unique_ptr<Examiner>> Examiner::make() {
  codec::open_common_charsets();
  warm_up_pdf_passwords();
  auto types = FileType::load();
  if (!types) return types.error();
  return std::unique_ptr<Examiner>(new Examiner(std::move(*types)));
}

void Examiner::begin() { findings_.clear(); }

void Examiner::add(FindingKind kind, std::string_view name, std::string_view detail) {
  findings_.add({kind, std::string(name), std::string(detail)});
}

void Examiner::take_names(std::span<const std::string> names) {
  std::string first_extension;
  for (const std::string& name : names) {
    const NameFacts facts = read_name(name);
    findings_.note_extension(facts.extension, name);
    if (!facts.program.empty()) add(FindingKind::kExecutable, name, facts.program);
    if (!facts.macro.empty()) add(FindingKind::kMacro, name, facts.macro);
    if (!facts.deception.empty()) add(FindingKind::kDeceptiveName, name, facts.deception);
    if (&name == names.data()) first_extension = facts.extension;
    if (facts.extension != first_extension &&
        (!facts.program.empty() || !program_of_extension(first_extension).empty()))
      add(FindingKind::kDeceptiveName, name, "names that differ");
  }
}

bool Examiner::take_content(int fd, uint64_t size, std::string_view name, Type type) {
  file_.reset(fd, size);
  name_ = name;
  contents_ = {};
  take_head(file_.bytes(0, FileType::kHeadBytes), type);
  const std::string_view image = disk_image_of(file_.bytes(kDiskMarkOffset, kDiskMarkBytes));
  if (!image.empty()) add(FindingKind::kExecutable, image);
  take_archives();
  take_documents();
  return !file_.failed();
}

void Examiner::take_head(std::string_view head, Type type) {
  if (const std::string_view program = program_of_content(head); !program.empty())
    add(FindingKind::kExecutable, program);
  if (is_one_note(head)) add(FindingKind::kMacro, "onenote");
  const bool asks = type == Type::kAsk || !is_plain_text(head);
  type_ = asks ? types_->type_of(head) : std::string();
  if (!type_.empty()) findings_.note_type(type_, name_);
}

void Examiner::take_archives() {
  const OnMember on_each = [this](const Member& member) { on_member(member); };
  const ArchiveOutcome zip = zip_.read(file_, on_each);
  take_outcome(zip, "zip");
  take_outcome(seven_zip_.read(file_, on_each), "7z");
  take_outcome(rar_.read(file_, on_each), "rar");
  if (!contents_.script_name.empty() && contents_.members <= kMembersWithScriptMax)
    add(FindingKind::kExecutable, contents_.script_name, "script in an archive");
}

void Examiner::take_outcome(const ArchiveOutcome& outcome, std::string_view format) {
  if (!outcome.is_archive) return;
  if (!outcome.encryption.empty()) add(FindingKind::kEncrypted, outcome.encryption);
  if (!outcome.unlisted.empty())
    add(FindingKind::kUnlisted, std::string(format) + ": " + std::string(outcome.unlisted));
  findings_.note_unscanned(unscanned_of(outcome));
}

void Examiner::take_documents() {
  const OfficeOutcome office = read_office(file_);
  if (!office.encryption.empty()) add(FindingKind::kEncrypted, office.encryption);
  if (!office.macro.empty()) add(FindingKind::kMacro, office.macro);
  if (office.is_installer) add(FindingKind::kExecutable, "windows installer");
  if (!office.is_complete) {
    add(FindingKind::kUnlisted, "compound file: too large a directory");
    findings_.note_unscanned(kLimit);
  }
  if (read_pdf(file_).is_encrypted) add(FindingKind::kEncrypted, "pdf");
}

// Both readings of a name count: in the wrong charset a dot can vanish in a character.
void Examiner::on_member(const Member& member) {
  const std::string shown = name_ + "/" + std::string(member.name);
  contents_.members += member.is_again ? 0 : 1;
  if (!member.encryption.empty()) add(FindingKind::kEncrypted, shown, member.encryption);
  if (member.name.ends_with('/')) return;
  on_file_(shown);
  on_member_name(member.name, shown);
  if (!member.raw.empty() && member.raw != member.name) on_member_name(member.raw, shown);
}

void Examiner::on_member_name(std::string_view name, const std::string& shown) {
  if (name.ends_with("vbaProject.bin") || name.starts_with("Basic/Standard/"))
    add(FindingKind::kMacro, shown, "vba");
  if (name.starts_with("xl/macrosheets/")) add(FindingKind::kMacro, shown, "excel 4.0");
  if (name == "META-INF/MANIFEST.MF") add(FindingKind::kExecutable, "java program");
  const NameFacts facts = read_name(name);
  findings_.note_extension(facts.extension, shown);
  if (!facts.macro.empty()) add(FindingKind::kMacro, shown, facts.macro);
  if (!facts.deception.empty()) add(FindingKind::kDeceptiveName, shown, facts.deception);
  if (facts.program.empty()) return;
  if (facts.extension == "js")
    contents_.script_name = shown;
  else
    add(FindingKind::kExecutable, shown, std::string(facts.program) + " in an archive");
}

}  // namespace sekisho::attachment

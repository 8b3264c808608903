#include "attachment/office_reader.h"

#include <vector>

namespace sekisho::attachment {
namespace {

using Entry = CompoundFile::Entry;

// Class ids of Windows Installer packages, patches and transforms: {000C1084-0000-0000-C000-
// 000000000046} and its neighbours, the first number little-endian.
constexpr std::string_view kInstallerTail(
    "\x10\x0C\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46", 15);
constexpr uint16_t kWordIdent = 0xA5EC, kWordEncrypted = 0x0100;
constexpr uint16_t kFilePass = 0x002F, kBoundSheet = 0x0085, kBookEnd = 0x000A;
constexpr uint32_t kPowerPointEncrypted = 0xF3D1C4DF;

struct Seen {
  OfficeOutcome outcome;
  std::vector<Entry> documents;  // streams to look into
};

bool is_installer(const std::string& class_id) {
  return class_id.size() == 16 && class_id.substr(1) == kInstallerTail &&
         (class_id[0] == '\x82' || class_id[0] == '\x84' || class_id[0] == '\x86');
}

bool is_document(const std::string& name) {
  return name == "WordDocument" || name == "Workbook" || name == "Book" || name == "Current User";
}

void on_entry(const Entry& e, Seen& seen) {
  OfficeOutcome& out = seen.outcome;
  if (e.type == 5) out.is_installer = is_installer(e.class_id);
  if (e.name == "EncryptedPackage" || e.name == "EncryptedSummary") out.encryption = "office";
  if (e.name == "_VBA_PROJECT" || e.name == "_VBA_PROJECT_CUR" || e.name == "VBA")
    out.macro = "vba";
  constexpr size_t kDocumentsMax = 8;  // others are embedded ones
  if (e.type == 2 && is_document(e.name) && seen.documents.size() < kDocumentsMax)
    seen.documents.push_back(e);
}

void read_word(CompoundFile& compound, const Entry& entry, OfficeOutcome& out) {
  const std::string fib = compound.read(entry, 0, 32);
  if (fib.size() < 12 || little16(fib, 0) != kWordIdent) return;
  if ((little16(fib, 10) & kWordEncrypted) != 0) out.encryption = "word";
}

// Records: kind, length, content. Kinds and lengths are never encrypted ([MS-XLS] 2.2.10), nor is
// the kind of a sheet more than hidden behind the record that says so.
void read_book(CompoundFile& compound, const Entry& entry, OfficeOutcome& out) {
  const std::string book = compound.read(entry, 0, kBookBytesMax);
  for (size_t at = 0; at + 4 <= book.size();) {
    const uint16_t kind = little16(book, at), bytes = little16(book, at + 2);
    if (kind == kFilePass) out.encryption = "excel";
    const bool is_macro_sheet = kind == kBoundSheet && bytes >= 6 && at + 10 <= book.size() &&
                                book[at + 9] == 1 && out.encryption.empty();
    if (is_macro_sheet && out.macro.empty()) out.macro = "excel 4.0";
    if (kind == kBookEnd) return;  // of the globals: sheets follow
    at += 4 + size_t{bytes};
  }
}

void read_power_point(CompoundFile& compound, const Entry& entry, OfficeOutcome& out) {
  const std::string user = compound.read(entry, 0, 16);
  if (user.size() == 16 && little32(user, 12) == kPowerPointEncrypted)
    out.encryption = "powerpoint";
}

}  // namespace

OfficeOutcome read_office(FileView& file) {
  CompoundFile compound;
  Seen seen;
  if (!compound.open(file)) return {};
  compound.for_each([&](const Entry& entry) { on_entry(entry, seen); });
  for (const Entry& entry : seen.documents) {
    if (entry.name == "WordDocument")
      read_word(compound, entry, seen.outcome);
    else if (entry.name == "Current User")
      read_power_point(compound, entry, seen.outcome);
    else
      read_book(compound, entry, seen.outcome);
  }
  seen.outcome.is_compound = true;
  seen.outcome.is_complete = compound.complete();
  return seen.outcome;
}

}  // namespace sekisho::attachment

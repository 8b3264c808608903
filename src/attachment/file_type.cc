#include "attachment/file_type.h"

#include <magic.h>

#include <array>

#include "base/bytes.h"

namespace sekisho::attachment {
namespace {

constexpr int kFlags = MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_NO_CHECK_COMPRESS |
                       MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ELF |
                       MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CSV |
                       MAGIC_NO_CHECK_JSON | MAGIC_NO_CHECK_APPTYPE;

struct Mark {
  std::string_view bytes;
  std::string_view kind;
};

constexpr std::array kMarks{
    Mark{{"\x7F"
          "ELF",
          4},
         "linux program"},
    Mark{{"\xFE\xED\xFA\xCE", 4}, "macintosh program"},
    Mark{{"\xFE\xED\xFA\xCF", 4}, "macintosh program"},
    Mark{{"\xCE\xFA\xED\xFE", 4}, "macintosh program"},
    Mark{{"\xCF\xFA\xED\xFE", 4}, "macintosh program"},
    Mark{{"\xCA\xFE\xBA\xBE", 4}, "java or macintosh program"},
    Mark{{"dex\n03", 6}, "android program"},
    Mark{{"L\0\0\0\x01\x14\x02\0", 8}, "shortcut"},
    Mark{{"ITSF\3\0\0\0", 8}, "help file"},
    Mark{{"conectix", 8}, "disk image"},
    Mark{{"vhdxfile", 8}, "disk image"},
    Mark{{"MSWIM\0\0\0", 8}, "disk image"},
};
constexpr std::string_view kOneNote(
    "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3", 16);
constexpr size_t kDosHeaderBytes = 64, kBootSectorBytes = 512;

// "MZ" may begin a text as well, but not with zeros in its first line.
bool is_dos_program(std::string_view head) {
  return head.starts_with("MZ") &&
         head.substr(0, kDosHeaderBytes).find('\0') != std::string_view::npos;
}

bool is_boot_sector(std::string_view head) {
  if (head.size() < kBootSectorBytes || head.substr(510, 2) != "\x55\xAA") return false;
  const bool jumps = head[0] == '\xEB' || head[0] == '\xE9';
  return jumps && (head.substr(54, 3) == "FAT" || head.substr(82, 3) == "FAT" ||
                   head.substr(3, 4) == "NTFS" || head.substr(3, 5) == "EXFAT");
}

}  // namespace

Result<std::unique_ptr<FileType>> FileType::load() {
  magic_set* magic = ::magic_open(kFlags);
  if (magic == nullptr) return errno_error("libmagic");
  std::unique_ptr<FileType> types(new FileType(magic));
  if (::magic_load(magic, nullptr) != 0) {
    const char* why = ::magic_error(magic);
    return Error{std::string("libmagic: ") + (why != nullptr ? why : "no database")};
  }
  return types;
}

FileType::~FileType() { ::magic_close(magic_); }

std::string FileType::type_of(std::string_view head) const {
  head = head.substr(0, kHeadBytes);
  const char* type = head.empty() ? nullptr : ::magic_buffer(magic_, head.data(), head.size());
  return type != nullptr ? to_lower(type) : "application/octet-stream";
}

std::string_view program_of_content(std::string_view head) {
  if (is_dos_program(head)) return "windows program";
  for (const Mark& mark : kMarks)
    if (head.starts_with(mark.bytes)) return mark.kind;
  return is_boot_sector(head) ? "disk image" : std::string_view();
}

std::string_view disk_image_of(std::string_view sector) {
  const std::string_view mark = sector.substr(sector.empty() ? 0 : 1, 5);
  return mark == "CD001" || mark == "BEA01" || mark == "NSR02" ? "disk image" : "";
}

bool is_one_note(std::string_view head) { return head.starts_with(kOneNote); }

}  // namespace sekisho::attachment

#include "attachment/file_name.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "codec/utf8.h"

namespace sekisho::attachment {
namespace {

struct Kind {
  std::string_view words;  // blank before and behind each
  std::string_view kind;
};

// What a double click runs, on Windows above all.
constexpr std::array kPrograms{
    Kind{" exe com scr pif cpl msi msp mst dll sys drv ocx xll gadget application appref-ms msix "
         "msixbundle appx appxbundle apk deb rpm dmg pkg app ",
         "program"},
    Kind{" bat cmd btm ps1 ps1xml ps2 psc1 psd1 psm1 vb vbe vbs vbscript js jse ws wsf wsc wsh sct "
         "hta msh msh1 msh2 mshxml reg inf scf ins isp msc ",
         "script"},
    Kind{" lnk url desklink library-ms search-ms settingcontent-ms ", "shortcut"},
    Kind{" jar jnlp class ", "java program"},
    Kind{" chm hlp ", "help file"},
    Kind{" iso img vhd vhdx udf wim ", "disk image"},
};
constexpr std::string_view kMacroDocuments = " docm dotm xlsm xltm xlam pptm potm ppam ppsm sldm ";
constexpr std::string_view kHarmless =
    " pdf doc docx xls xlsx ppt pptx rtf txt csv jpg jpeg png gif bmp tif tiff mp3 mp4 wav avi mov "
    "htm "
    "html zip xml eml jtd ";
// Between a name and its last extension; longer than any list of files shows.
constexpr size_t kBlanksMax = 8;

bool has_word(std::string_view words, std::string_view word) {
  if (word.empty() || word.find(' ') != std::string_view::npos) return false;
  const std::string padded = " " + std::string(word) + " ";
  return words.find(padded) != std::string_view::npos;
}

bool is_override(char32_t c) { return c == 0x202D || c == 0x202E; }
// Not shown: directional controls, joiners, blanks without width, soft hyphen.
bool is_invisible(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF || c == 0xAD || c < 0x20 || c == 0x7F;
}
bool is_wide_blank(char32_t c) {
  return c == ' ' || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x2800 || c == 0x3164;
}

// A name without what isn't shown, each blank an ASCII one; and what had to be changed.
struct Plain {
  std::string text;
  bool has_override = false;
  bool has_invisible = false;
  bool has_hidden_end = false;
};

Plain make_plain(std::string_view name) {
  Plain plain;
  while (!name.empty()) {
    const size_t valid = codec::valid_utf8_prefix(name.substr(0, 4));
    if (valid == 0) {
      plain.text += name.front();
      name.remove_prefix(1);
      continue;
    }
    const size_t length = codec::utf8_sequence_length(static_cast<unsigned char>(name.front()));
    const char32_t c = codec::first_code_point(name.substr(0, length));
    plain.has_override = plain.has_override || is_override(c);
    if (is_invisible(c))
      plain.has_invisible = true;
    else
      plain.text += is_wide_blank(c) ? " " : name.substr(0, length);
    name.remove_prefix(length);
  }
  const size_t end = plain.text.find_last_not_of(" .");
  plain.has_hidden_end = end != std::string::npos && end + 1 != plain.text.size();
  plain.text.resize(end == std::string::npos ? 0 : end + 1);
  return plain;
}

std::string_view without_folders(std::string_view name) {
  while (name.ends_with('/')) name.remove_suffix(1);
  const size_t at = name.find_last_of("/\\");
  return at == std::string_view::npos ? name : name.substr(at + 1);
}

// Behind the last dot; `stem` is what stands before it.
std::string take_extension(std::string_view name, std::string_view& stem) {
  const size_t dot = name.rfind('.');
  stem = name.substr(0, dot);
  if (dot == std::string_view::npos) return {};
  std::string extension = to_lower(trim(name.substr(dot + 1)));
  return extension;
}

size_t blanks_at_end(std::string_view text) {
  const size_t end = text.find_last_not_of(' ');
  return text.size() - (end == std::string_view::npos ? 0 : end + 1);
}

std::string_view find_deception(const Plain& plain, std::string_view stem, bool is_program) {
  if (plain.has_override) return "direction override";
  const size_t blanks = blanks_at_end(stem);
  if (is_program && blanks >= kBlanksMax) return "blanks before the extension";
  std::string_view ignored;
  const std::string before = take_extension(stem.substr(0, stem.size() - blanks), ignored);
  if (is_program && has_word(kHarmless, before)) return "double extension";
  if (is_program && plain.has_invisible) return "invisible characters";
  if (is_program && plain.has_hidden_end) return "dots or blanks at the end";
  return {};
}

}  // namespace

std::string_view program_of_extension(std::string_view extension) {
  for (const Kind& kind : kPrograms)
    if (has_word(kind.words, extension)) return kind.kind;
  return {};
}

namespace {

// To who reads C strings, "a.exe\0.txt" is a.exe; to others the NUL isn't there.
NameFacts read_name_with_nul(std::string_view name) {
  NameFacts facts = read_name(name.substr(0, name.find('\0')));
  if (facts.program.empty()) {
    std::string rest(name);
    std::erase(rest, '\0');
    facts = read_name(rest);
  }
  facts.deception = "byte 0 in the name";
  return facts;
}

}  // namespace

NameFacts read_name(std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return read_name_with_nul(name);
  NameFacts facts;
  // NTFS: behind a colon stands a stream of the file, "a.exe:.txt" is a.exe.
  std::string_view base = without_folders(name);
  if (const size_t colon = base.find(':'); colon != std::string_view::npos && colon > 1)
    if (!program_of_extension(read_name(base.substr(0, colon)).extension).empty())
      base = base.substr(0, colon);
  const Plain plain = make_plain(base);
  std::string_view stem;
  facts.extension = take_extension(plain.text, stem);
  facts.program = program_of_extension(facts.extension);
  if (has_word(kMacroDocuments, facts.extension)) facts.macro = "document with macros by its name";
  facts.deception = find_deception(plain, stem, !facts.program.empty());
  return facts;
}

}  // namespace sekisho::attachment

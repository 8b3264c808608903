#include "attachment/examiner.h"

#include <gmock/gmock.h>
#include <sys/mman.h>

#include <algorithm>

#include "unit/antivirus/zip_builder.h"
#include "unit/attachment/fixture.h"

namespace sekisho::attachment {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

Examiner& examiner() {
  static const auto made = Examiner::make();
  return **made;
}

std::vector<std::string> texts(const FindingList& list) {
  std::vector<std::string> out;
  for (const Finding& f : list.findings())
    out.push_back(std::string(finding_name(f.kind)) + " | " + f.name + " | " + f.detail);
  return out;
}

std::vector<std::string> findings_of_content(const std::string& fixture) {
  const Fixture file(fixture);
  examiner().begin();
  EXPECT_TRUE(examiner().take_content(file.fd.get(), file.size, "f"));
  return texts(examiner().findings());
}

std::vector<std::string> findings_of_names(const std::vector<std::string>& names) {
  examiner().begin();
  examiner().take_names(names);
  return texts(examiner().findings());
}

struct Case {
  std::string fixture;
  std::vector<std::string> findings;
};

class ExaminerContent : public testing::TestWithParam<Case> {};

TEST_P(ExaminerContent, IsRecognisedWhateverItsName) {
  EXPECT_THAT(findings_of_content(GetParam().fixture),
              UnorderedElementsAreArray(GetParam().findings));
}

const Case kCases[] = {
    {"plain_cp932.zip", {}},
    {"zipcrypto_cp932.zip", {"encrypted | f/見積書.xls | zip"}},
    {"aes_utf8.zip",
     {"encrypted | f/setup.exe | zip aes", "executable | f/setup.exe | program in an archive"}},
    {"streamed.zip", {"executable | f/setup.exe | program in an archive"}},
    {"streamed_no_directory.zip",
     {"executable | f/setup.exe | program in an archive", "unlisted | f | zip: no directory"}},
    {"no_directory.zip", {"encrypted | f/見積書.xls | zip", "unlisted | f | zip: no directory"}},
    {"executable.zip",
     {"executable | f/請求書.pdf        .exe | program in an archive",
      "deceptive_name | f/請求書.pdf        .exe | blanks before the extension"}},
    {"behind_bytes.zip",
     {"executable | f/請求書.pdf        .exe | program in an archive",
      "deceptive_name | f/請求書.pdf        .exe | blanks before the extension"}},
    {"hidden_member.zip", {"executable | f/hidden.exe | program in an archive"}},
    {"two_ends.zip", {"executable | f/a.exe | program in an archive"}},
    {"script_alone.zip", {"executable | f/invoice.js | script in an archive"}},
    {"web_site.zip", {}},
    {"nested_stored.zip", {"executable | f/run.scr | program in an archive"}},
    {"docm.zip", {"macro | f/word/vbaProject.bin | vba"}},
    {"unicode_field.zip", {}},
    {"zip64.zip",
     {"encrypted | f/large.exe | zip", "executable | f/large.exe | program in an archive"}},
    {"plain.7z", {"executable | f/見積.exe | program in an archive"}},
    {"directory_not_packed.7z", {"executable | f/見積.exe | program in an archive"}},
    {"aes_data.7z", {"encrypted | f | 7z aes", "executable | f/見積.exe | program in an archive"}},
    {"aes_names.7z", {"encrypted | f | 7z aes, names too"}},
    {"plain5.rar", {"executable | f/見積.exe | program in an archive"}},
    {"aes_data5.rar", {"encrypted | f/a.txt | rar aes"}},
    {"aes_names5.rar", {"encrypted | f | rar aes, names too"}},
    {"plain4.rar", {}},
    {"two_names4.rar", {"executable | f/a.scr | program in an archive"}},
    {"aes_data4.rar",
     {"encrypted | f/folder/a.exe | rar aes",
      "executable | f/folder/a.exe | program in an archive"}},
    {"aes_names4.rar", {"encrypted | f | rar aes, names too"}},
    {"encrypted_ooxml.cfb", {"encrypted | f | office"}},
    {"plain_word.cfb", {}},
    {"encrypted_word.cfb", {"encrypted | f | word"}},
    {"macro_word.cfb", {"macro | f | vba"}},
    {"plain_excel.cfb", {}},
    {"encrypted_excel.cfb", {"encrypted | f | excel"}},
    {"macro_sheet_excel.cfb", {"macro | f | excel 4.0"}},
    {"plain_powerpoint.cfb", {}},
    {"encrypted_powerpoint.cfb", {"encrypted | f | powerpoint"}},
    {"installer.cfb", {"executable | f | windows installer"}},
    {"plain.pdf", {}},
    {"user_rc4_40.pdf", {"encrypted | f | pdf"}},
    {"user_rc4_128.pdf", {"encrypted | f | pdf"}},
    {"user_aes_128.pdf", {"encrypted | f | pdf"}},
    {"user_aes_256.pdf", {"encrypted | f | pdf"}},
    {"user_aes_256_r5.pdf", {"encrypted | f | pdf"}},
    {"owner_rc4_40.pdf", {}},
    {"owner_rc4_128.pdf", {}},
    {"owner_aes_128.pdf", {}},
    {"owner_aes_256.pdf", {}},
    {"owner_aes_256_r5.pdf", {}},
    {"user_xref_stream.pdf", {"encrypted | f | pdf"}},
    {"user_escaped.pdf", {"encrypted | f | pdf"}},
};

INSTANTIATE_TEST_SUITE_P(Fixtures, ExaminerContent, testing::ValuesIn(kCases), [](const auto& c) {
  std::string name = c.param.fixture;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

std::vector<std::string_view> unscanned_of_bytes(std::string_view bytes) {
  const UniqueFd file(::memfd_create("examined", MFD_CLOEXEC));
  EXPECT_TRUE(write_all(file.get(), bytes));
  examiner().begin();
  EXPECT_TRUE(examiner().take_content(file.get(), bytes.size(), "f"));
  return examiner().findings().unscanned();
}

std::string bytes_of(const char* name) {
  return read_file(SOURCE_DIR "/tests/unit/attachment/fixtures/" + std::string(name)).value();
}

std::string zip_with(size_t at, std::string_view changed) {
  std::string zip = antivirus::zip_of({.name = "a.txt", .content = "some text"});
  return zip.replace(at, changed.size(), changed);
}

// Programs open such a member differently: libclamav doesn't, most others do.
TEST(Examiner, AZipWhoseHeadersDisagreeIsUnscanned) {
  const struct {
    std::string name;
    size_t at;
    std::string_view bytes;
  } rows[] = {
      {"encrypted in the local header alone", 6, std::string_view("\1\0", 2)},
      {"masked in the local header alone", 6, std::string_view("\0\x20", 2)},
      {"another method", 8, std::string_view("\x0c\0", 2)},
      {"a packed size beyond the file", 18, std::string_view("\xff\xff\xff\x7f", 4)},
      {"no packed size", 18, std::string_view("\0\0\0\0", 4)},
      {"no header where the directory says", 0, "PK\7\7"},
  };
  for (const auto& row : rows)
    EXPECT_THAT(unscanned_of_bytes(zip_with(row.at, row.bytes)), ElementsAre(kAmbiguous))
        << row.name;
  EXPECT_THAT(unscanned_of_bytes(zip_with(0, "PK\3\4")), IsEmpty()) << "as it should be";
  EXPECT_THAT(unscanned_of_bytes(zip_with(6, std::string_view("\x08\0", 2))), IsEmpty())
      << "streamed: the sizes are the directory's";
}

TEST(Examiner, A7zOfAMethodThatTheAntivirusPassesOverIsUnscanned) {
  for (const char* name :
       {"deflate.7z", "bzip2.7z", "delta.7z", "arm64.7z", "two_packers.7z", "filter_alone.7z"})
    EXPECT_THAT(unscanned_of_bytes(bytes_of(name)), ElementsAre(kUnsupportedArchive)) << name;
  for (const char* name : {"plain.7z", "bcj.7z", "bcj2.7z", "aes_data.7z"})
    EXPECT_THAT(unscanned_of_bytes(bytes_of(name)), IsEmpty()) << name;
}

// Who doesn't learn all coders can't say that they are opened.
TEST(Examiner, A7zWhoseDirectoryEndsBeforeItsCodersDoIsUnscanned) {
  const std::string whole = bytes_of("directory_not_packed.7z");
  const size_t header = 32 + static_cast<size_t>(little64(whole, 12));
  for (size_t length = 1; length < 17; ++length) {
    std::string cut = whole.substr(0, header + length);
    cut[20] = static_cast<char>(length);
    EXPECT_THAT(unscanned_of_bytes(cut), ElementsAre(kAmbiguous)) << length;
  }
}

// A directory of 9,999 members in front of the real one used up the room for names.
TEST(Examiner, ADecoyDirectoryHidesNoName) {
  const auto end_record = [](uint32_t members, uint32_t bytes, uint32_t at) {
    std::string end = std::string("PK\5\6\0\0\0\0", 8);
    antivirus::put(end, members, 2);
    antivirus::put(end, members, 2);
    antivirus::put(end, bytes, 4);
    antivirus::put(end, at, 4);
    return end + std::string(2, '\0');
  };
  std::string decoy;
  for (int i = 0; i < 9999; ++i)
    decoy += std::string("PK\1\2", 4) + std::string(24, '\0') + std::string("\1\0", 2) +
             std::string(16, '\0') + "a";
  std::string zip = decoy + end_record(9999, static_cast<uint32_t>(decoy.size()), 0);
  zip += zip.substr(decoy.size());  // read as well: told twice as many
  const auto at = static_cast<uint32_t>(zip.size());
  zip += std::string("PK\1\2", 4) + std::string(24, '\0') + std::string("\x9\0", 2) +
         std::string(16, '\0') + "setup.exe";
  zip += end_record(1, static_cast<uint32_t>(zip.size()) - at, at);
  EXPECT_THAT(unscanned_of_bytes(zip), ElementsAre(kAmbiguous));
  EXPECT_TRUE(examiner().findings().has(FindingKind::kExecutable));
}

TEST(Examiner, AnArchiveWhoseNamesCannotBeReadIsUnscanned) {
  const Fixture file("streamed_no_directory.zip");
  examiner().begin();
  EXPECT_TRUE(examiner().take_content(file.fd.get(), file.size, "f"));
  EXPECT_THAT(examiner().findings().unscanned(), ElementsAre(kAmbiguous));
}

TEST(Examiner, FindsProgramsByName) {
  EXPECT_THAT(findings_of_names({"写真.scr"}), ElementsAre("executable | 写真.scr | program"));
  EXPECT_THAT(findings_of_names({"写真.jpg"}), IsEmpty());
}

TEST(Examiner, ChecksAllNamesOfAPart) {
  EXPECT_THAT(
      findings_of_names({"a.txt", "a.hta"}),
      ElementsAre("executable | a.hta | script", "deceptive_name | a.hta | names that differ"));
}

TEST(Examiner, NotesExtensionsAndTypesForAPlansOwnLists) {
  const Fixture file("plain.pdf");
  examiner().begin();
  examiner().take_names(std::vector<std::string>{"A.DOC"});
  examiner().take_content(file.fd.get(), file.size, "A.DOC");
  ASSERT_EQ(examiner().findings().extensions().size(), 1u);
  EXPECT_EQ(examiner().findings().extensions()[0].word, "doc");
  ASSERT_EQ(examiner().findings().types().size(), 1u);
  EXPECT_EQ(examiner().findings().types()[0].word, "application/pdf");
}

TEST(Examiner, ForgetsTheMessageBefore) {
  findings_of_content("zip64.zip");
  examiner().begin();
  EXPECT_THAT(examiner().findings().findings(), IsEmpty());
  EXPECT_THAT(examiner().findings().types(), IsEmpty());
}

}  // namespace
}  // namespace sekisho::attachment

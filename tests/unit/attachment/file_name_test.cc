#include "attachment/file_name.h"

#include <gtest/gtest.h>

namespace sekisho::attachment {
namespace {

struct Case {
  const char* what;
  const char* name;
  const char* extension;
  const char* program;
  const char* deception;
};

TEST(FileNameWithNul, IsReadUpToItAndWithoutIt) {
  for (const std::string& name :
       {std::string("setup.exe\0.txt", 14), std::string("setup.e\0xe", 10)}) {
    EXPECT_EQ(read_name(name).extension, "exe");
    EXPECT_EQ(read_name(name).deception, "byte 0 in the name");
  }
}

class FileName : public testing::TestWithParam<Case> {};

TEST_P(FileName, IsReadAsWindowsDoes) {
  const NameFacts facts = read_name(GetParam().name);
  EXPECT_EQ(facts.extension, GetParam().extension);
  EXPECT_EQ(facts.program, GetParam().program);
  EXPECT_EQ(facts.deception, GetParam().deception);
}

const Case kCases[] = {
    {"Document", "見積書.PDF", "pdf", "", ""},
    {"NoExtension", "README", "", "", ""},
    {"Empty", "", "", "", ""},
    {"OnlyDots", "...", "", "", ""},
    {"Program", "Setup.EXE", "exe", "program", ""},
    {"VersionIsNoDocument", "tool-1.2.exe", "exe", "program", ""},
    {"DocumentWithDots", "2024.04.01.pdf", "pdf", "", ""},
    {"Double", "invoice.pdf.exe", "exe", "program", "double extension"},
    {"DoubleWithBlanks", "invoice.pdf   .exe", "exe", "program", "double extension"},
    {"ManyBlanks", "invoice          .exe", "exe", "program", "blanks before the extension"},
    {"WideBlanks", "請求書　　　　　　　　　.scr", "scr", "program", "blanks before the extension"},
    {"Override", "cod.\u202Egpj.exe", "exe", "program", "direction override"},
    {"OverrideOfADocument", "a\u202Efdp.doc", "doc", "", "direction override"},
    {"RightToLeftNameIsNoLie", "\u202Bשלום.pdf", "pdf", "", ""},
    {"TrailingDot", "setup.exe.", "exe", "program", "dots or blanks at the end"},
    {"TrailingBlanks", "setup.exe  ", "exe", "program", "dots or blanks at the end"},
    {"InvisibleInExtension", "setup.e\u200Bxe", "exe", "program", "invisible characters"},
    {"Stream", "setup.exe:a.txt", "exe", "program", ""},
    {"Folder", "a.exe/b.txt", "txt", "", ""},
    {"WindowsFolder", "a.txt\\b.bat", "bat", "script", ""},
    {"BlankInExtension", "setup.exe com", "exe com", "", ""},
    {"BrokenBytes", "\x8C\xA9.exe", "exe", "program", ""},
};

INSTANTIATE_TEST_SUITE_P(Names, FileName, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.what); });

TEST(FileNames, OfMacroDocuments) {
  EXPECT_FALSE(read_name("a.xlsm").macro.empty());
  EXPECT_TRUE(read_name("a.xlsx").macro.empty());
}

}  // namespace
}  // namespace sekisho::attachment

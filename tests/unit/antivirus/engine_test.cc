#include "antivirus/engine.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>

#include <fstream>

#include "antivirus/eicar.h"
#include "engine_fixture.h"
#include "zip_builder.h"

namespace sekisho::antivirus {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr Engine::Reading kMail = Engine::Reading::kMail;

// The base64 of `bytes`, in lines.
std::string base64(std::string_view bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t group = 0;
    for (size_t i = at; i < at + 3; ++i)
      group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    for (int i = 3; i >= 0; --i) out += kAlphabet[group >> (6 * i) & 63];
    if (at % 57 == 54) out += "\r\n";
  }
  const size_t missing = (3 - bytes.size() % 3) % 3;
  if (missing > 0) {
    const size_t last = out.find_last_not_of("\r\n") + 1;
    out.replace(last - missing, missing, missing, '=');
  }
  return out;
}

std::string mail_with(std::string_view attachment) {
  return "Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\nFrom: a@example.test\r\nTo: "
         "b@example.test\r\nSubject: test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
         "boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n"
         "Content-Type: application/octet-stream; name=\"x.bin\"\r\nContent-Transfer-Encoding: "
         "base64\r\n\r\n" +
         base64(attachment) + "\r\n--b--\r\n";
}

std::string one_letter_off(std::string text) {
  text[text.find("TEST")] = 'B';
  return text;
}

TEST_F(EngineTest, CountsTheSignaturesOfTheFolder) { EXPECT_EQ(engine().signatures(), 8u); }

TEST_F(EngineTest, CleanTextIsClean) {
  EXPECT_TRUE(scan("nothing to see here\n").clean());
  EXPECT_TRUE(scan(mail_with("nothing to see here"), kMail).clean());
}

TEST_F(EngineTest, FindsEicarUnderAllItsNamesOnceEach) {
  EXPECT_THAT(scan(eicar()).viruses,
              ElementsAre("Eicar-Test-Embedded.UNOFFICIAL", "Eicar-Test-Hash.UNOFFICIAL",
                          "Eicar-Test-Signature.UNOFFICIAL"));
  EXPECT_THAT(scan(eicar()).unscanned, IsEmpty());
}

TEST_F(EngineTest, EicarWithOneLetterOffIsClean) {
  EXPECT_TRUE(scan(one_letter_off(eicar())).clean());
  EXPECT_TRUE(scan(zip_of({.content = one_letter_off(eicar())})).clean());
}

TEST_F(EngineTest, FindsEicarWhereverItIsPacked) {
  const std::string zip = eicar_in_zip();
  std::string nested = zip;
  for (int depth = 0; depth < 5; ++depth) nested = zip_of({.name = "a.zip", .content = nested});
  const struct {
    const char* name;
    std::string bytes;
  } rows[] = {{"zip", zip},
              {"zip in zip", zip_of({.name = "a.zip", .content = zip})},
              {"six zips deep", nested},
              {"end of a large object", std::string(30 << 20, 'a') + eicar()}};
  for (const auto& row : rows)
    EXPECT_THAT(scan(row.bytes).viruses, Contains(StartsWith("Eicar-Test"))) << row.name;
}

TEST_F(EngineTest, OnlyTheMailReadingDecodesAttachments) {
  const std::string mail = mail_with(eicar());
  EXPECT_TRUE(scan(mail).clean());
  EXPECT_THAT(scan(mail, kMail).viruses, Contains("Eicar-Test-Hash.UNOFFICIAL"));
  EXPECT_THAT(scan(mail_with(eicar_in_zip()), kMail).viruses,
              Contains("Eicar-Test-Hash.UNOFFICIAL"));
}

TEST_F(EngineTest, TheDescriptorsPositionDoesNotMatter) {
  const UniqueFd fd = file_with(eicar());
  ASSERT_EQ(::lseek(fd.get(), 0, SEEK_END), 68);
  EXPECT_FALSE(engine().scan(fd.get(), Engine::Reading::kBytes).clean());
}

TEST_F(EngineTest, AReadOnlyDescriptorIsEnough) {
  const UniqueFd fd = std::move(*reopen_read_only(file_with(eicar()).get()));
  EXPECT_FALSE(engine().scan(fd.get(), Engine::Reading::kBytes).clean());
}

TEST_F(EngineTest, TinyObjectsAreClean) {
  for (size_t bytes = 0; bytes <= 6; ++bytes)
    EXPECT_TRUE(scan(std::string(bytes, 'x')).clean()) << bytes;
}

TEST_F(EngineTest, EncryptedArchivesAreUnscanned) {
  const std::string encrypted = zip_of({.content = std::string(80, 'x'), .flags = 1});
  EXPECT_THAT(scan(encrypted).unscanned, ElementsAre("encrypted"));
  EXPECT_THAT(scan(encrypted).viruses, IsEmpty());
  EXPECT_THAT(scan(zip_of({.content = encrypted})).unscanned, ElementsAre("encrypted"));
  EXPECT_THAT(scan(mail_with(encrypted), kMail).unscanned, ElementsAre("encrypted"));
}

TEST_F(EngineTest, AnEncryptedArchiveDoesNotHideAVirusBesideIt) {
  const std::string encrypted = zip_of({.content = std::string(80, 'x'), .flags = 1});
  const ScanResult found = scan(mail_with(encrypted) + eicar(), kMail);
  EXPECT_THAT(found.viruses, Contains("Eicar-Test-Embedded.UNOFFICIAL"));
  EXPECT_THAT(found.unscanned, ElementsAre("encrypted"));
}

TEST_F(EngineTest, ContainersThatLibclamavCannotOpenAreUnsupportedArchives) {
  const std::string rar4("Rar!\x1a\x07\x00\xcf\x90\x73\x00\x00\x0d\x00\x00\x00\x00\x00", 18);
  const std::string rar5("Rar!\x1a\x07\x01\x00\x33\x92\xb5\xe5\x0a\x01\x05\x06", 16);
  const struct {
    const char* name;
    std::string start;
  } rows[] = {{"rar 4", rar4},
              {"rar 5", rar5},
              {"rar in a program", "MZ" + std::string(510, 'x') + rar4},
              {"zip, lzma", zip_of({.content = "member", .method = 14})},
              {"zip, zstandard", zip_of({.content = "member", .method = 93})},
              {"zip, xz", zip_of({.content = "member", .method = 95})},
              {"zip, ppmd", zip_of({.content = "member", .method = 98})},
              {"ace", "\x12\x34\x56\x78\x01\x02\x03**ACE**"},
              {"zstandard", "\x28\xb5\x2f\xfd"},
              {"bzip2, two streams", "BZh91AY&SYxxxxxxxxBZh91AY&SY"},
              {"lz4", "\x04\x22\x4d\x18"},
              {"lzip", "LZIP\x01"},
              {"lzma", std::string("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff", 13)},
              {"lzma of known length", std::string("\x5d\0\0\x80\0\x44\0\0\0\0\0\0\0\0", 14)},
              {"compress", "\x1f\x9d\x90"},
              {"rar behind junk", "12345678" + rar5},
              {"zoo", "ZOO 2.10 Archive.\x1a" + std::string("\0\0\xdc\xa7\xc4\xfd", 6)},
              {"stuffit", "StuffIt (c)1997-"},
              {"vhd", "conectix"},
              {"vhdx", "vhdxfile"},
              {"wim", std::string("MSWIM\0\0\0", 8)}};
  for (const auto& row : rows) {
    const std::string bytes = row.start + std::string(200, '\0');
    const auto unsupported = ElementsAre("unsupported_archive");
    EXPECT_THAT(scan(bytes).unscanned, unsupported) << row.name;
    EXPECT_THAT(scan(bytes).viruses, IsEmpty()) << row.name;
    EXPECT_THAT(scan(zip_of({.content = bytes})).unscanned, unsupported) << row.name << " in zip";
    EXPECT_THAT(scan(mail_with(bytes), kMail).unscanned, unsupported) << row.name << " in mail";
  }
}

TEST_F(EngineTest, TheSameUnscannedObjectIsUnscannedAgain) {
  const std::string rar("Rar!\x1a\x07\x01\x00\x33\x92\xb5\xe5\x0a\x01\x05\x06", 16);
  const std::string zip = zip_of({.content = rar + std::string(200, '\0')});
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(scan(zip).unscanned, ElementsAre("unsupported_archive")) << i;
}

TEST_F(EngineTest, OverEachLimitIsUnscanned) {
  EngineOptions small_object = options(), small_sum = options(), flat = options(),
                few_files = options();
  small_object.object_bytes_max = 10'000;
  small_sum.scan_bytes_max = 10'000;
  flat.depth_max = 2;
  few_files.files_max = 2;
  const std::string large(20'000, 'a');
  const std::string deep = zip_of({.content = zip_of({.content = zip_of({.content = eicar()})})});
  std::string compressed_bomb = zip_of({.content = std::string(8'000, 'a')});
  // Its headers promise a member of 1 GB.
  for (const size_t at : {size_t{22}, compressed_bomb.find("PK\1\2") + 24})
    compressed_bomb.replace(at, 4, std::string("\0\0\0\x40", 4));
  const struct {
    const char* name;
    EngineOptions options;
    std::string bytes;
  } rows[] = {{"object", small_object, large},
              {"member", small_object, compressed_bomb},
              {"sum", small_sum, zip_of({.content = large})},
              {"depth", flat, deep},
              {"files", few_files, deep}};
  for (const auto& row : rows) {
    const std::unique_ptr<Engine> engine = load(row.options);
    EXPECT_THAT(scan(*engine, row.bytes).unscanned, Contains("limit")) << row.name;
    EXPECT_TRUE(scan(*engine, "small and flat").clean()) << row.name;
  }
}

TEST(ScanTime, GrowsWithTheMessage) {
  using std::chrono::seconds;
  EXPECT_EQ(scan_time(0, seconds(60)), seconds(15));
  EXPECT_EQ(scan_time(40 << 20, seconds(60)), std::chrono::milliseconds(37500));
  EXPECT_EQ(scan_time(80 << 20, seconds(60)), seconds(60));
  EXPECT_EQ(scan_time(200 << 20, seconds(60)), seconds(60));
}

TEST_F(EngineTest, WhenAMessagesTimeIsUsedUpTheRestIsUnscanned) {
  EngineOptions hurried = options();
  hurried.scan_timeout = std::chrono::milliseconds(20);
  const std::unique_ptr<Engine> engine = load(hurried);
  engine->start_message(100);
  ScanResult result;
  do result = scan(*engine, "harmless text");
  while (result.clean());  // for 5 ms
  EXPECT_THAT(result.unscanned, ElementsAre("limit"));
  EXPECT_THAT(scan(*engine, eicar()).unscanned, ElementsAre("limit"));
  hurried.scan_timeout = std::chrono::minutes(1);
  const std::unique_ptr<Engine> calm = load(hurried);
  calm->start_message(100);
  EXPECT_TRUE(scan(*calm, "harmless text").clean());
}

TEST_F(EngineTest, WithoutAScratchFolderNothingIsClean) {
  TestFolder folder;
  EngineOptions gone = options();
  gone.scratch = folder.path() / "scratch";
  std::filesystem::create_directory(gone.scratch);
  const std::unique_ptr<Engine> engine = load(gone);
  EXPECT_TRUE(scan(*engine, "harmless text").clean());
  std::filesystem::remove(gone.scratch);
  EXPECT_THAT(scan(*engine, "harmless text").unscanned, ElementsAre("engine_error"));
  EXPECT_FALSE(engine->self_test());
  std::filesystem::create_directory(gone.scratch);
  EXPECT_TRUE(scan(*engine, "harmless text").clean());
}

// Files of this process end at 4 KB: for libclamav the same as a full disk.
class FullDisk {
 public:
  FullDisk() : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit small{4096, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  sighandler_t old_handler_;
};

TEST_F(EngineTest, AFullScratchFolderIsUnscanned) {
  const std::string member = std::string(20'000, 'x') + eicar();
  const UniqueFd zip = file_with(zip_of({.content = zip_of({.content = member})}));
  const UniqueFd mail = file_with(mail_with(member));
  ASSERT_FALSE(engine().scan(mail.get(), kMail).viruses.empty());
  const FullDisk full;
  EXPECT_FALSE(engine().scan(mail.get(), kMail).clean());
  EXPECT_FALSE(engine().scan(zip.get(), Engine::Reading::kBytes).clean());
}

TEST_F(EngineTest, AFileThatCannotBeReadIsUnscanned) {
  TestFolder folder;
  const std::string path = folder.path() / "message";
  std::ofstream(path) << std::string(100'000, 'a');
  const UniqueFd write_only(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(write_only);
  EXPECT_THAT(engine().scan(write_only.get(), Engine::Reading::kBytes).unscanned,
              Contains("engine_error"));
  EXPECT_THAT(engine().scan(-1, Engine::Reading::kBytes).unscanned, ElementsAre("engine_error"));
}

// libclamav comes back to pages it has read before: none may be lost then.
TEST_F(EngineTest, AnArchiveBehindAPictureIsReadToItsEnd) {
  std::string object = "\x89PNG\r\n\x1a\n" + std::string(3, '\0') + "\rIHDR";
  object.resize(20'000);
  testing::internal::CaptureStderr();
  const UniqueFd fd = file_with(object + eicar_in_zip() + std::string(9000, 'x') + eicar_in_zip());
  const ScanResult found = engine().scan(fd.get(), Engine::Reading::kBytes);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, testing::Not(testing::HasSubstr("fmap_readpage")));
  EXPECT_FALSE(found.viruses.empty());
}

// A peak of memory in KB, since the last call.
long peak_memory() {
  std::ifstream status("/proc/self/status");
  long peak = 0;
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) peak = std::stol(line.substr(6));
  std::ofstream("/proc/self/clear_refs") << "5";
  return peak;
}

TEST_F(EngineTest, MemoryDoesNotGrowWithTheObject) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer keeps freed memory; the Release run measures";
#endif
  const UniqueFd small = file_with(std::string(100'000, 'a'));
  const UniqueFd large = file_with("a");
  ASSERT_EQ(::ftruncate(large.get(), 100 << 20), 0);
  engine().scan(small.get(), Engine::Reading::kBytes);
  peak_memory();
  engine().scan(small.get(), Engine::Reading::kBytes);
  const long before = peak_memory();
  EXPECT_TRUE(engine().scan(large.get(), Engine::Reading::kBytes).clean());
  EXPECT_LT(peak_memory() - before, 16 << 10);
}

TEST_F(EngineTest, TheSelfTestPasses) {
  const Result<void> passed = engine().self_test();
  EXPECT_TRUE(passed) << passed.error().message;
}

TEST_F(EngineTest, TheSelfTestNoticesThatDetectionIsBroken) {
  TestFolder folder;  // a list of known good files that has EICAR
  std::ofstream(folder.path() / "x.ndb") << "Other:0:0:6162636465666768\n";
  std::ofstream(folder.path() / "x.fp") << "44d88612fea8a8f36de82e1278abb02f:68:Good\n";
  const Result<std::unique_ptr<Engine>> engine = Engine::load({folder.path()}, options());
  ASSERT_TRUE(engine) << engine.error().message;
  EXPECT_FALSE((*engine)->self_test());
}

TEST_F(EngineTest, EicarIsFoundWhateverTheDatabasesHold) {
  TestFolder folder;  // what it calls EICAR is something else
  std::ofstream(folder.path() / "x.ndb") << "Eicar-Test-Other:0:0:6162636465666768\n";
  const Result<std::unique_ptr<Engine>> engine = Engine::load({folder.path()}, options());
  ASSERT_TRUE(engine) << engine.error().message;
  EXPECT_THAT(scan(**engine, eicar()).viruses, ElementsAre("Sekisho.Eicar-Test-File.UNOFFICIAL"));
  EXPECT_TRUE(scan(**engine, one_letter_off(eicar())).clean());
  EXPECT_TRUE((*engine)->self_test());
}

TEST_F(EngineTest, FoldersThatAreMissingOrEmptyArePassedOver) {
  TestFolder empty;
  std::ofstream(empty.path() / "README.md") << "no database\n";
  const auto engine = Engine::load({"/nonexistent/folder", empty.path(), kSignatures}, options());
  ASSERT_TRUE(engine) << engine.error().message;
  EXPECT_EQ((*engine)->signatures(), 8u);
}

TEST_F(EngineTest, SeveralFoldersAddUp) {
  TestFolder second;
  std::ofstream(second.path() / "x.ndb") << "Other:0:0:6162636465666768\n";
  const auto engine = Engine::load({kSignatures, second.path()}, options());
  ASSERT_TRUE(engine) << engine.error().message;
  EXPECT_EQ((*engine)->signatures(), 9u);
  EXPECT_THAT(scan(**engine, "abcdefgh").viruses, ElementsAre("Other.UNOFFICIAL"));
  EXPECT_FALSE(scan(**engine, eicar()).clean());
}

TEST_F(EngineTest, NoDatabaseAtAllIsAnErrorThatNamesTheFolders) {
  TestFolder empty;
  const auto engine = Engine::load({"/nonexistent/folder", empty.path()}, options());
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().message.find("/nonexistent/folder"), std::string::npos);
}

TEST_F(EngineTest, ABrokenDatabaseIsAnErrorThatNamesItsFolder) {
  TestFolder folder;
  std::ofstream(folder.path() / "x.ndb") << "no signature at all\n";
  const auto engine = Engine::load({folder.path()}, options());
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.error().message.find(folder.path().string()), std::string::npos);
}

}  // namespace
}  // namespace sekisho::antivirus

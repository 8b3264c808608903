// The readers of archives and documents on hostile files: names are bounded and valid UTF-8, and no
// reader tells more members than its limit.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>

#include "attachment/examiner.h"
#include "attachment/file_name.h"
#include "attachment/office_reader.h"
#include "attachment/pdf_reader.h"
#include "base/check.h"
#include "base/file.h"
#include "codec/utf8.h"

using namespace sekisho;
using namespace sekisho::attachment;

namespace {

template <typename Reader>
void read_archive(FileView& file, size_t members_max) {
  size_t members = 0;
  Reader reader;
  const ArchiveOutcome outcome = reader.read(file, [&](const Member& member) {
    ++members;
    SEKISHO_CHECK(codec::valid_utf8_prefix(member.name) == member.name.size());
    SEKISHO_CHECK(member.name.size() <= 4 * kMemberNameBytesMax);
    const NameFacts facts = read_name(member.name);
    SEKISHO_CHECK(facts.extension.size() <= member.name.size());
    SEKISHO_CHECK(shown_name(member.name).size() <= FindingList::kNameBytesMax);
  });
  SEKISHO_CHECK(members <= members_max);
  SEKISHO_CHECK(outcome.is_archive || members == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const UniqueFd fd(::memfd_create("fuzz", MFD_CLOEXEC));
  SEKISHO_CHECK(::ftruncate(fd.get(), 0) == 0);
  const std::string_view content(reinterpret_cast<const char*>(bytes), size);
  SEKISHO_CHECK(write_at(fd.get(), content, 0).has_value());
  FileView file(fd.get(), size);
  read_archive<ZipReader>(file, 2 * kMembersMax);
  read_archive<SevenZipReader>(file, 16 * kMembersMax);
  read_archive<RarReader>(file, kMembersMax);
  read_office(file);
  read_pdf(file);
  program_of_content(content);
  SEKISHO_CHECK(!file.failed());
  return 0;
}

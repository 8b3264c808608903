// engine_fixture.h: an engine with the signatures we ship, loaded once for all tests, and a scratch
// folder.

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "antivirus/engine.h"
#include "base/file.h"

namespace sekisho::antivirus {

// A folder of its own, gone at the end.
class TestFolder {
 public:
  TestFolder() { EXPECT_NE(::mkdtemp(path_.data()), nullptr); }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::filesystem::path path() const { return path_; }

 private:
  std::string path_ = "/tmp/antivirus_test.XXXXXX";
};

inline const std::filesystem::path kSignatures = SOURCE_DIR "/signatures";

class EngineTest : public testing::Test {
 protected:
  static std::unique_ptr<Engine> load(EngineOptions options) {
    Result<std::unique_ptr<Engine>> engine = Engine::load({kSignatures}, options);
    EXPECT_TRUE(engine) << (engine ? "" : engine.error().message);
    return engine ? std::move(*engine) : nullptr;
  }
  static EngineOptions options() {
    EngineOptions made;
    made.scratch = scratch();
    return made;
  }
  static std::filesystem::path scratch() {
    static const TestFolder folder;
    return folder.path();
  }
  static const Engine& engine() {
    static const std::unique_ptr<Engine> loaded = load(options());
    return *loaded;
  }
  static UniqueFd file_with(std::string_view bytes) {
    Result<UniqueFd> fd = make_unlinked_file("/tmp");
    EXPECT_TRUE(fd && write_at(fd->get(), bytes, 0));
    return std::move(*fd);
  }
  static ScanResult scan(std::string_view bytes,
                         Engine::Reading reading = Engine::Reading::kBytes) {
    return scan(engine(), bytes, reading);
  }
  static ScanResult scan(const Engine& with, std::string_view bytes,
                         Engine::Reading reading = Engine::Reading::kBytes) {
    return with.scan(file_with(bytes).get(), reading);
  }
};

}  // namespace sekisho::antivirus

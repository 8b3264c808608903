// gateway/reloader.h: takes over what was changed: configuration, rules, signatures.
//
//   Reloader reloader(…);
//   reloader.note_start();  …  reloader.note_ready(text);    // before and after the inspectors
//   load reloader.reload(Reloader::Scope::kChanged, [](const Result<std::string>& summary) { … });
//   reloader.watch();                              // rules and signatures, by themselves
//
// All or nothing: the configuration is read and checked, the inspectors load beside those in use
// what they need, and only then both take effect; after any mistake everything stays as it was, and
// the log says what it was. Files are read on the file pool, loaded in a process of their own: the
// loop goes on meanwhile.
//
// Inspectors are loaded anew only where a rule or signature file, or a setting of theirs, has
// changed (kAll: always). One reload at a time; one that is asked for meanwhile comes after it.
// Much fewer rules or signatures than before are a mistake (an emptied folder) but for kAll.
// watch() leaves the configuration alone: somebody may be in the middle of editing it.
//
// Process: front.  Threads: one.  Lifetime: what it is given outlives it; the pool is joined before
// it goes.

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/file_stamp.h"
#include "gateway/inspector.h"
#include "gateway/session.h"

namespace sekisho::gateway {

class Reloader {
 public:
  // Rules and signatures that changed; the configuration as well; all, changed or not.
  enum class Scope { kScanners, kChanged, kAll };
  // Gets a JSON object that says what was loaded, or why nothing was.
  using Done = std::function<void(const Result<std::string>& summary)>;

  struct Hooks {
    std::function<config::LoadedConfig()> read_config;           // on any thread
    std::function<std::string(const config::Config&)> setup_of;  // of the inspectors
    std::function<void(const config::Config&)> on_change;
  };

  Reloader(asio::io_context& loop, asio::thread_pool& files, Services& services,
           PoolInspector& inspector, Hooks hooks);

  // The inspectors are about to load what the active configuration names.
  void note_start();
  void note_ready(const std::string& text);
  void reload(Scope scope, Done done);
  void watch();
  void stop();

 private:
  struct Read;  // what the file pool brings
  struct Request {
    Scope scope;
    std::vector<Done> done;
  };

  net::awaitable<void> run();
  net::awaitable<Result<std::string>> take_over(Scope scope);
  net::awaitable<Result<std::string>> load_inspectors(const std::string& setup);
  net::awaitable<void> watch_files();
  net::awaitable<bool> wait_for_next_look();
  bool is_refused(const FileStamps& now) const;
  net::awaitable<Result<Read>> read_files(Scope scope);
  bool is_loaded(const Read& read) const;

  asio::io_context& loop_;
  asio::thread_pool& files_;
  Services& services_;
  PoolInspector& inspector_;
  Hooks hooks_;
  std::optional<Request> next_;
  bool running_ = false;
  bool stopped_ = false;
  config::Config started_with_;  // without its domains
  std::string setup_;            // that the inspectors in use have
  FileStamps loaded_;            // of the files that they have read
  std::string ready_;            // what they said of it
  FileStamps refused_;           // of files that could not be loaded: tried again at retry_at_
  SteadyTime retry_at_{};
  asio::steady_timer timer_;
};

}  // namespace sekisho::gateway

// tests/inner_files_text.h: what a reader of inner files gives, as text, played in chunks; checks
// on the way that files don't overlap.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "mail/inner_files.h"

namespace sekisho::mail {

inline std::string text_of_inner_files(const std::vector<std::string_view>& chunks) {
  InnerFiles files;
  std::string text;
  bool open = false;
  const auto on_file = [&](const InnerFileEvent& event) {
    using Kind = InnerFileEvent::Kind;
    SEKISHO_CHECK(open == (event.kind != Kind::kBegin));
    open = event.kind != Kind::kEnd;
    if (event.kind == Kind::kBegin)
      text += "[" + std::string(event.name) + " " + std::string(event.type) + ":" +
              std::string(event.charset) + "]";
    if (event.kind == Kind::kName) text += "(" + std::string(event.name) + ")";
    if (event.kind == Kind::kBytes) text += event.bytes;
    if (event.kind == Kind::kEnd) text += "[end]";
  };
  files.reset();
  for (const std::string_view chunk : chunks) files.feed(std::string(chunk), on_file);
  files.finish(on_file);
  SEKISHO_CHECK(!open);
  return text;
}

}  // namespace sekisho::mail

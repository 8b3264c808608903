// What the front believes of a worker's answer: whatever it is, the message that leaves has whole
// line ends, replies are one line of their class, and of the message nothing is missing but a field
// in our name.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/file.h"
#include "inspect/verdict_check.h"

using namespace sekisho;

namespace {

constexpr std::string_view kMessage = "A: b\r\nX-Spam-Flag: YES\r\n\r\nbody\r\n.\r\nend\r\n";

void require(bool holds) {
  if (!holds) std::abort();
}

int spool() {
  static const UniqueFd file = [] {
    auto made = make_unlinked_file("/tmp");
    require(made && write_all(made->get(), kMessage));
    return std::move(*made);
  }();
  return file.get();
}

std::string edited(const std::vector<inspect::Edit>& edits) {
  std::string out;
  uint64_t at = 0;
  for (const inspect::Edit& edit : edits) {
    require(edit.offset >= at && edit.offset + edit.remove <= kMessage.size());
    out += kMessage.substr(at, edit.offset - at);
    out += edit.insert;
    at = edit.offset + edit.remove;
  }
  return out.append(kMessage.substr(at));
}

void require_whole_line_ends(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') require(i + 1 < text.size() && text[i + 1] == '\n');
    if (text[i] == '\n') require(i > 0 && text[i - 1] == '\r');
  }
}

// "A: b", then perhaps the field that is ours, then the rest; on top fields of ours.
void require_message(std::string_view text) {
  require(text.ends_with("A: b\r\n\r\nbody\r\n.\r\nend\r\n") || text.ends_with(kMessage));
  require(text.starts_with("A: b") || text.starts_with("X-S") || text.starts_with("x-s") ||
          text.starts_with("X-s") || text.starts_with("x-S") || text.starts_with("Subject: \r\n"));
}

void require_reply(const inspect::Decision& decision) {
  const int code_class = decision.action == inspect::Action::kReject ? 5 : 4;
  require(decision.reply_code / 100 == code_class);
  require(decision.enhanced[0] == '0' + code_class);
  for (const char c : decision.enhanced + decision.reply) require(c >= 32 && c < 127);
}

// What was believed reads the same once more.
void require_same(const inspect::Verdict& verdict, const inspect::Job& job) {
  const auto again = inspect::checked_verdict(to_text(verdict), job, spool());
  require(again.has_value() && again->decisions.size() == verdict.decisions.size());
  for (size_t i = 0; i < verdict.decisions.size(); ++i)
    require(again->decisions[i].edits == verdict.decisions[i].edits);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  inspect::Job job;
  job.size = kMessage.size();
  job.policies.resize(1);
  const auto verdict = inspect::checked_verdict(text, job, spool());
  if (!verdict) return 0;
  for (const inspect::Decision& decision : verdict->decisions) {
    require(decision.action != inspect::Action::kDiscard);
    const bool refuses = decision.action >= inspect::Action::kReject;
    require(refuses == (decision.reply_code != 0));
    if (refuses) require_reply(decision);
    require_whole_line_ends(edited(decision.edits));
    require_message(edited(decision.edits));
  }
  require_same(*verdict, job);
  return 0;
}

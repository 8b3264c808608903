#include "unit/smtp/dialogue_file.h"

#include <fstream>

#include "base/bytes.h"

namespace sekisho::smtp {
namespace {

constexpr size_t kLinesMax = 40;

// {x*70}
std::string expand(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t star = text.find('*', at);
    const size_t close = text.find('}', at);
    if (text[at] == '{' && star != std::string::npos && close != std::string::npos &&
        star < close) {
      const std::string piece = text.substr(at + 1, star - at - 1);
      for (int n = std::stoi(text.substr(star + 1, close - star - 1)); n > 0; --n) out += piece;
      at = close + 1;
    } else {
      out += text[at++];
    }
  }
  return out;
}

void set_option(Dialogue& dialogue, const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    dialogue.mistake = "no = in O: " + text;
    return;
  }
  const std::string name(trim(text.substr(0, equals)));
  const std::string value(trim(text.substr(equals + 1)));
  ServerOptions& options = dialogue.options;
  if (name == "bare_line_end") {
    options.bare_line_end = value == "normalize" ? BareLineEnd::kNormalize : BareLineEnd::kReject;
  } else if (name == "message_bytes_max") {
    options.message_bytes_max = std::stoull(value);
  } else if (name == "recipients_max") {
    options.recipients_max = std::stoul(value);
  } else if (name == "errors_max") {
    options.errors_max = std::stoul(value);
  } else if (name == "commands_max") {
    options.commands_max = std::stoul(value);
  } else if (name == "received_max") {
    options.received_max = std::stoul(value);
  } else {
    dialogue.mistake = "unknown option " + name;
  }
}

std::chrono::seconds parse_time(const std::string& text) {
  const int count = std::stoi(text.substr(1));
  return text.ends_with('m') ? std::chrono::minutes(count) : std::chrono::seconds(count);
}

void add_verdict(Dialogue& dialogue, const std::string& text) {
  const size_t blank = text.find(' ');
  if (is_digit(text.front())) {
    dialogue.verdicts["END"].push(text);
  } else {
    dialogue.verdicts[text.substr(0, blank)].push(text.substr(blank + 1));
  }
}

void add_hop_answer(Dialogue& dialogue, const std::string& text) {
  const size_t blank = text.find(' ');
  if (text == "lmtp") {
    dialogue.hop_is_lmtp = true;
  } else {
    dialogue.hop_answers[text.substr(0, blank)].push(unescape(text.substr(blank + 1)));
  }
}

void add_line(Dialogue& dialogue, const std::string& line) {
  using Kind = DialogueStep::Kind;
  const std::string mark = line.substr(0, 2);
  const std::string text = line.size() > 3 ? line.substr(3) : "";
  if (mark == "C:") {
    dialogue.steps.push_back({Kind::kInput, expand(text) + "\r\n", {}});
  } else if (mark == "C|") {
    dialogue.steps.push_back({Kind::kInput, unescape(expand(text)), {}});
  } else if (mark == "S:") {
    dialogue.steps.push_back({Kind::kExpect, text, {}});
  } else if (mark == "T:") {
    dialogue.steps.push_back({Kind::kTime, "", parse_time(text)});
  } else if (mark == "N:") {
    dialogue.expects_hop = true;
    if (text != "(nothing)") dialogue.hop_lines.push_back(text);
  } else if (mark == "H:") {
    add_hop_answer(dialogue, text);
  } else if (mark == "V:") {
    add_verdict(dialogue, text);
  } else if (mark == "O:") {
    set_option(dialogue, text);
  } else if (!line.empty() && line[0] != '#') {
    dialogue.mistake = "line is none of O: H: V: C: C| T: S: N: #: " + line;
  }
}

}  // namespace

std::string unescape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'r') {
      out += '\r';
    } else if (c == 'n') {
      out += '\n';
    } else if (c == 't') {
      out += '\t';
    } else if (c == 'x') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

std::string escape(std::string_view bytes) {
  std::string out;
  for (char c : bytes) {
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < ' ' && c >= 0) {
      out += "\\x" + to_hex({&c, 1});
    } else {
      out += c;
    }
  }
  return out;
}

Dialogue read_dialogue(const std::filesystem::path& path) {
  Dialogue dialogue;
  dialogue.options.hostname = "mx.example.test";
  std::ifstream in(path);
  size_t lines = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    if (lines == 0 && !line.starts_with("# spec: RFC "))
      dialogue.mistake = "no '# spec: RFC …' in the first line";
    if (lines == 1 && !line.starts_with("# "))
      dialogue.mistake = "no sentence why in the second line";
    add_line(dialogue, line);
  }
  if (lines > kLinesMax) dialogue.mistake = "more than 40 lines";
  if (dialogue.steps.empty()) dialogue.mistake = "says nothing";
  return dialogue;
}

}  // namespace sekisho::smtp

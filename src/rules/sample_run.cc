#include "rules/sample_run.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "codec/encoded_word.h"

namespace sekisho::rules {
namespace {

std::string unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const char meant = next == 'n'    ? '\n'
                       : next == 'r'  ? '\r'
                       : next == 't'  ? '\t'
                       : next == '\\' ? '\\'
                                      : '\0';
    if (text[i] != '\\' || meant == '\0') {
      out.push_back(text[i]);
    } else {
      out.push_back(meant);
      ++i;
    }
  }
  return out;
}

template <typename Feed>
void in_chunks(std::string_view text, size_t chunk_bytes, Feed feed) {
  for (size_t at = 0; at < text.size();) {
    const std::string_view chunk = text.substr(at, chunk_bytes);
    feed(chunk);
    at += chunk.size();
  }
}

void play_field(std::string_view name, std::string_view raw, Matcher& matcher) {
  matcher.header(name, raw, codec::decode_encoded_words(raw));
}

void play_header(std::string_view header, Matcher& matcher) {
  while (!header.empty()) {
    size_t end = header.find('\n');
    while (end != header.npos && end + 1 < header.size() && is_blank(header[end + 1]))
      end = header.find('\n', end + 1);
    const std::string_view field = header.substr(0, end);
    const size_t colon = std::min(field.find(':'), field.size());
    play_field(field.substr(0, colon), field.substr(std::min(colon + 1, field.size())), matcher);
    header.remove_prefix(std::min(end, header.size() - 1) + 1);
  }
}

void play_part(std::string_view text, size_t chunk_bytes, Matcher& matcher) {
  matcher.part_begin();
  in_chunks(text, chunk_bytes, [&](std::string_view chunk) {
    matcher.body(chunk);
    matcher.rawbody(chunk);
  });
  matcher.part_end();
}

void play_message(std::string_view message, size_t chunk_bytes, Matcher& matcher) {
  in_chunks(message, chunk_bytes, [&](std::string_view chunk) { matcher.full(chunk); });
  const size_t end = message.starts_with('\n') ? 0 : message.find("\n\n");
  play_header(message.substr(0, end), matcher);
  matcher.headers_end();
  if (end != message.npos) play_part(trim(message.substr(end)), chunk_bytes, matcher);
}

void play_file(std::string_view line, Matcher& matcher) {
  const size_t tab = std::min(line.find('\t'), line.size());
  matcher.attachment(line.substr(0, tab), line.substr(std::min(tab + 1, line.size())));
}

// The first field that feeds the target of `rule`.
std::string field_of(const Rule& rule) {
  std::string why;
  const auto target = parse_header_target(rule.header, why);
  return target && !target->fields.empty() ? target->fields.front() : std::string();
}

}  // namespace

void play_sample(const RuleSet& rules, const Sample& sample, Matcher& matcher, size_t chunk_bytes) {
  const Rule* const rule = rules.find(sample.rule);
  matcher.begin();
  if (rule != nullptr && rule->kind == RuleKind::kBody) {
    play_part(sample.text, chunk_bytes, matcher);
  } else if (rule != nullptr && rule->kind == RuleKind::kVisible) {
    play_part(sample.text, chunk_bytes, matcher);
  } else if (rule != nullptr && rule->kind == RuleKind::kHidden) {
    matcher.part_begin();
    in_chunks(sample.text, chunk_bytes, [&](std::string_view chunk) { matcher.hidden(chunk); });
    matcher.part_end();
  } else if (rule != nullptr && rule->kind == RuleKind::kAttachment) {
    play_file(unescape(sample.text), matcher);
  } else if (rule != nullptr && rule->kind == RuleKind::kDefect) {
    matcher.defect(sample.text);
  } else if (rule != nullptr && rule->kind == RuleKind::kUri) {
    matcher.uri({{sample.text}});
  } else if (rule != nullptr && rule->kind == RuleKind::kRawbody) {
    play_part(unescape(sample.text), chunk_bytes, matcher);
  } else if (rule != nullptr && rule->kind == RuleKind::kHeader &&
             equals_ignore_case(rule->header, "EnvelopeFrom")) {
    matcher.envelope(sample.text, {}, {});
  } else if (rule != nullptr && rule->is_mime_header()) {
    matcher.part_header(field_of(*rule), unescape(sample.text));
    matcher.part_headers_end();
  } else if (rule != nullptr && rule->kind == RuleKind::kHeader && !field_of(*rule).empty()) {
    play_field(field_of(*rule), sample.text, matcher);
  } else {
    play_message(unescape(sample.text), chunk_bytes, matcher);
  }
  matcher.finish();
}

}  // namespace sekisho::rules

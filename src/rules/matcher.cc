#include "rules/matcher.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "codec/encoded_word.h"
#include "rules/wrapped_text.h"

namespace sekisho::rules {
namespace {

size_t stack_size(const RuleSet& rules) {
  size_t most = 0;
  for (const Rule& rule : rules.rules()) most = std::max(most, rule.meta.stack_size());
  return most;
}

// A fold with all the blanks behind it becomes one.
std::string with_folds_as_blanks(std::string_view raw) {
  std::string out;
  bool in_fold = false;
  for (const char c : raw) {
    const bool is_end = c == '\r' || c == '\n';
    in_fold = is_end || (in_fold && is_blank(c));
    if (!in_fold) out.push_back(c);
    if (is_end && !out.ends_with(' ')) out.push_back(' ');
  }
  return out;
}

}  // namespace

Matcher::Matcher(const RuleSet& rules)
    : rules_(rules),
      context_(std::make_unique<ScanContext>(rules.pattern_sets())),
      counts_(rules.size()),
      values_(rules.size()),
      stack_(stack_size(rules)),
      body_(rules.text(RuleKind::kBody), *context_),
      visible_(rules.text(RuleKind::kVisible), *context_),
      hidden_(rules.text(RuleKind::kHidden), *context_),
      rawbody_(rules.text(RuleKind::kRawbody), *context_),
      uri_(rules.text(RuleKind::kUri), *context_),
      attachment_(rules.text(RuleKind::kAttachment), *context_),
      defect_(rules.text(RuleKind::kDefect), *context_),
      full_(rules.text(RuleKind::kFull), *context_),
      headers_(rules, rules.headers(), *context_),
      part_headers_(rules, rules.part_headers(), *context_) {
  text_.reserve(kKeptBytes);
  normal_.reserve(4 * BodyLines::kLineBytesMax);
  for (OpenPart& open : parts_) {
    open.before.resize(rules.size());
    open.first.resize(rules.size());
    open.joined_count.resize(rules.size());
  }
  hits_.reserve(rules.size());
}

Matcher::~Matcher() = default;

void Matcher::begin() {
  std::fill(counts_.begin(), counts_.end(), 0);
  std::fill(values_.begin(), values_.end(), 0.0);
  for (PatternScan* scan : {&body_, &visible_, &hidden_, &rawbody_, &uri_, &attachment_, &defect_})
    scan->abandon();
  full_.clear();
  headers_.clear();
  part_headers_.clear();
  open_ = 0;
  reset_part(part());
  context_->regexes().reset_limits_met();
  headers_open_ = true;
  hits_.clear();
  score_ = 0;
}

void Matcher::envelope(std::string_view sender, std::string_view, std::string_view) {
  headers_.feed_envelope(sender);
}

bool Matcher::reads_header(std::string_view name) const {
  return headers_.reads(name) || equals_ignore_case(name, "Subject");
}

void Matcher::header(std::string_view name, std::string_view raw_value,
                     std::string_view decoded_value) {
  if (!headers_open_) return;
  if (equals_ignore_case(name, "Subject")) subject_line(trim(decoded_value));
  headers_.feed(name, raw_value, decoded_value);
}

// The Subject is the first line of the body.
void Matcher::subject_line(std::string_view decoded) {
  const auto scan = [this](std::string_view line) {
    scan_visible(line, PatternScan::Line::kSubject);
  };
  part().visible.feed(decoded, scan);
  part().visible.finish(scan);
}

void Matcher::scan_visible(std::string_view line, PatternScan::Line which) {
  scan_line(line, body_, which, counts_);
  scan_line(line, visible_, which, counts_);
}

void Matcher::scan_line(std::string_view line, PatternScan& target, PatternScan::Line which,
                        std::vector<uint32_t>& counts) {
  if (target.set().empty()) return;
  target.feed(line);
  target.finish(line, counts, which);
  const std::string_view normal = normal_form(line);
  if (normal.empty() || normal == line) return;
  target.feed(normal);
  target.finish(normal, counts, which, PatternScan::View::kOther);
}

// Empty where the form that rules compare can't be another.
std::string_view Matcher::normal_form(std::string_view line) {
  normal_.clear();
  if (codec::is_surely_normal(line)) {
    if (!has_wrap(line)) return {};
    normal_ = line;
  } else {
    normalizer_.reset();
    normalizer_.feed(line, normal_);
    normalizer_.finish(normal_);
  }
  join_wraps(normal_);
  return normal_;
}

void Matcher::headers_end() {
  if (!headers_open_) return;
  headers_open_ = false;
  headers_.end_header(counts_);
  headers_.turn_negated(counts_);
}

void Matcher::part_header(std::string_view name, std::string_view raw_value) {
  if (!part_headers_.reads(name)) return;
  while (!raw_value.empty() && is_blank(raw_value.front())) raw_value.remove_prefix(1);
  part_headers_.feed(name, raw_value, codec::decode_encoded_words(with_folds_as_blanks(raw_value)));
}

void Matcher::part_headers_end() { part_headers_.end_header(counts_); }

void Matcher::reset_part(OpenPart& open) {
  open.visible.reset();
  open.hidden.reset();
  open.comments.reset();
  open.joined.reset();
  open.joins = open.joined_any = false;
  open.pieces.reset();
  open.again = false;
}

void Matcher::part_begin() {
  SEKISHO_CHECK(open_ < kPartsOpenMax);
  ++open_;
  reset_part(part());
  part().before = counts_;
}

void Matcher::body(std::string_view utf8_text) {
  if (body_.set().empty() && visible_.set().empty()) return;
  part().visible.feed(
      utf8_text, [this](std::string_view line) { scan_visible(line, PatternScan::Line::kOther); });
}

void Matcher::hidden(std::string_view utf8_text) {
  if (utf8_text.empty() || (body_.set().empty() && hidden_.set().empty())) return;
  part().hidden.feed(utf8_text, [this](std::string_view line) { scan_hidden(line); });
}

void Matcher::joined(std::string_view utf8_text, bool hides) {
  if (body_.set().empty()) return;
  OpenPart& open = part();
  open.joins |= hides;
  open.joined.feed(utf8_text, [this, &open, hides](std::string_view line) {
    if (open.joins) scan_joined(line);
    open.joins = hides;
  });
}

void Matcher::scan_joined(std::string_view line) {
  OpenPart& open = part();
  if (!open.joined_any) std::fill(open.joined_count.begin(), open.joined_count.end(), 0u);
  open.joined_any = true;
  scan_line(line, body_, PatternScan::Line::kOther, open.joined_count);
}

// It is no other text: a rule that counts has the higher count of the two.
void Matcher::take_joined() {
  OpenPart& open = part();
  open.joined.finish([this, &open](std::string_view line) {
    if (open.joins) scan_joined(line);
  });
  open.joins = false;
  if (!open.joined_any) return;
  open.joined_any = false;
  for (size_t i = 0; i < counts_.size(); ++i)
    counts_[i] = std::max(counts_[i], open.before[i] + open.joined_count[i]);
}

void Matcher::comments(std::string_view utf8_text) {
  if (body_.set().empty() && hidden_.set().empty()) return;
  part().comments.feed(utf8_text, [this](std::string_view line) { scan_hidden(line); });
}

void Matcher::scan_hidden(std::string_view line) {
  scan_line(line, body_, PatternScan::Line::kOther, counts_);
  scan_line(line, hidden_, PatternScan::Line::kOther, counts_);
}

void Matcher::rawbody(std::string_view decoded_bytes) {
  if (rawbody_.set().empty()) return;
  part().pieces.feed(decoded_bytes, [this](std::string_view piece) { scan_piece(piece); });
}

void Matcher::scan_piece(std::string_view piece) { scan_alone(piece, rawbody_); }

void Matcher::scan_alone(std::string_view text, PatternScan& target) {
  target.feed(text);
  target.finish(text, counts_);
}

void Matcher::end_lines() {
  part().visible.finish(
      [this](std::string_view line) { scan_visible(line, PatternScan::Line::kOther); });
  part().hidden.finish([this](std::string_view line) { scan_hidden(line); });
  part().comments.finish([this](std::string_view line) { scan_hidden(line); });
  take_joined();
  part().pieces.finish([this](std::string_view piece) { scan_piece(piece); });
}

void Matcher::part_again() {
  end_lines();
  OpenPart& open = part();
  take_higher(open);
  open.first = counts_;
  open.again = true;
  counts_ = open.before;
}

void Matcher::part_end() {
  end_lines();
  take_higher(part());
  part().again = false;
  if (open_ > 0) --open_;
}

// Of the readings so far, each rule has the count of the one with most.
void Matcher::take_higher(const OpenPart& open) {
  if (!open.again) return;
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] = std::max(counts_[i], open.first[i]);
}

void Matcher::uri(std::span<const std::string> forms) {
  if (uri_.set().empty()) return;
  auto view = PatternScan::View::kFirst;
  for (const std::string& form : forms) {
    uri_.feed(form);
    uri_.finish(form, counts_, PatternScan::Line::kOther, view);
    view = PatternScan::View::kOther;
  }
}

void Matcher::full(std::string_view message_bytes) {
  if (!full_.set().empty()) full_.feed(message_bytes);
}

void Matcher::attachment(std::string_view name, std::string_view type) {
  if (attachment_.set().empty()) return;
  text_.assign(name.substr(0, kKeptBytes / 2)).append("\t").append(type);
  scan_alone(text_, attachment_);
}

void Matcher::defect(std::string_view name) {
  if (!defect_.set().empty()) scan_alone(name, defect_);
}

const std::vector<Hit>& Matcher::finish() {
  headers_end();
  while (open_ > 0) part_end();
  end_lines();
  full_.finish(counts_);
  part_headers_.turn_negated(counts_);
  std::copy(counts_.begin(), counts_.end(), values_.begin());
  for (const uint32_t index : rules_.metas_in_order())
    values_[index] = rules_.rules()[index].meta.evaluate(values_, stack_);
  collect_hits();
  return hits_;
}

void Matcher::collect_hits() {
  hits_.clear();
  score_ = 0;
  for (size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_.rules()[i];
    if (values_[i] == 0 || rule.is_sub_rule()) continue;
    // A rule that counts adds its score each time; a meta's value only says that it hit.
    const double score = rule.kind == RuleKind::kMeta ? rule.score : rule.score * values_[i];
    hits_.push_back({rule.name, score, rule.description()});
    score_ += score;
  }
}

double Matcher::value(std::string_view rule) const {
  const Rule* const found = rules_.find(rule);
  return found == nullptr ? 0 : values_[static_cast<size_t>(found - rules_.rules().data())];
}

size_t Matcher::limits_met() const { return context_->regexes().limits_met(); }

}  // namespace sekisho::rules

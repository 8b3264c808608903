#include "rules/rule_set.h"

#include <algorithm>

#include "base/file.h"
#include "rules/rule_set_builder.h"

namespace sekisho::rules {
namespace {

namespace fs = std::filesystem;

void add_file(const fs::path& path, std::vector<RuleSource>& sources,
              std::vector<RuleError>& errors) {
  auto text = read_file(path);
  if (text) {
    sources.push_back({path.string(), std::move(*text)});
  } else {
    errors.push_back({path.string(), 0, text.error().message, RuleError::Kind::kError});
  }
}

void add_folder(const fs::path& folder, std::vector<RuleSource>& sources,
                std::vector<RuleError>& errors) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".cf") files.push_back(it->path());
  if (error) errors.push_back({folder.string(), 0, error.message(), RuleError::Kind::kError});
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) add_file(file, sources, errors);
}

}  // namespace

std::shared_ptr<const RuleSet> RuleSet::load(const std::vector<fs::path>& files_or_folders,
                                             std::vector<RuleError>& errors) {
  std::vector<RuleSource> sources;
  for (const fs::path& path : files_or_folders) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      add_folder(path, sources, errors);
    } else {
      add_file(path, sources, errors);
    }
  }
  return RuleSetBuilder(errors).build(sources,
                                      [](const std::string& path) { return read_file(path); });
}

std::shared_ptr<const RuleSet> RuleSet::parse(const std::vector<RuleSource>& sources,
                                              std::vector<RuleError>& errors) {
  return RuleSetBuilder(errors).build(sources, {});
}

const Rule* RuleSet::find(std::string_view name) const {
  const auto found = std::lower_bound(rules_.begin(), rules_.end(), name,
                                      [](const Rule& r, std::string_view n) { return r.name < n; });
  return found != rules_.end() && found->name == name ? &*found : nullptr;
}

std::vector<const PatternSet*> RuleSet::pattern_sets() const {
  std::vector<const PatternSet*> sets;
  for (const PatternSet& text : texts_) sets.push_back(&text);
  for (const HeaderTargets* targets : {&headers_, &part_headers_})
    for (size_t i = 0; i < targets->size(); ++i) sets.push_back(&(*targets)[i].patterns);
  return sets;
}

size_t RuleSet::patterns() const {
  size_t n = 0;
  for (const PatternSet* set : pattern_sets()) n += set->patterns().size();
  return n;
}

std::string RuleSet::summary() const {
  size_t in_hyperscan = 0;
  for (const PatternSet* set : pattern_sets()) in_hyperscan += set->in_database();
  return std::to_string(size()) + " rules, " + std::to_string(patterns()) + " patterns (" +
         std::to_string(in_hyperscan) + " Hyperscan, " + std::to_string(patterns() - in_hyperscan) +
         " PCRE2)";
}

}  // namespace sekisho::rules

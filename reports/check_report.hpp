#pragma once
// Checks told to the machines that ran them: JUnit's XML, and what GitHub Actions shows.

#include <string>
#include <vector>

#include "core/outcome.hpp"
#include "core/time.hpp"

namespace lockstep::reports {

struct CheckCase {
  std::string name;
  std::string failure{};  // one sentence; empty: it passed
  std::string detail{};   // how to see it again
  std::string file{};     // that it is about, in the repository
  bool undecided = false;
  Duration wall{};
  std::string remark{};              // worth knowing, and no failure: nobody had promised
                                     // otherwise; or why it is undecided
  std::vector<std::string> steps{};  // what led to it, in the order of time
};

struct CheckSuite {
  std::string name;
  std::string seed;  // the first
  std::vector<CheckCase> cases;
};

/// The properties of one run, each a check. A violation that the lock never promised to prevent is
/// a remark.
CheckSuite suite_of(const Outcome& outcome);

/// "undecided", and why if that is known.
std::string undecided_text(const CheckCase& one);

/// One <testsuite>, as Jenkins, GitLab and others read it.
std::string junit_xml(const CheckSuite& suite);

/// Lines that GitHub shows beside the code: "::error title=...::...". It shows ten at most.
std::string github_annotations(const CheckSuite& suite);

/// Markdown for the page of the job.
std::string step_summary(const CheckSuite& suite);

}  // namespace lockstep::reports

#include "reports/matrix_page.hpp"

#include <fmt/format.h>

#include <map>

#include "reports/html.hpp"
#include "reports_embedded.hpp"

namespace lockstep::reports {
namespace {

/// The worst letter decides the colour.
std::string_view class_of(const std::string& observed) {
  for (const char* letter : {"V", "v", "b", "L"}) {
    if (observed.find(letter) != std::string::npos) return letter;
  }
  return observed == "-" ? "" : "fine";
}

std::string cell_of(const MatrixPageRow& row, const MatrixPageColumn& column,
                    const MatrixPageCell& cell) {
  if (cell.observed.empty()) return "<td></td>";  // not measured
  std::string mark;
  if (!cell.why.empty()) mark += "*";
  if (!cell.agrees) {
    mark += "!";
  } else if (!cell.enough) {
    mark += "?";
  }
  std::string text = escaped(cell.observed);
  if (!mark.empty()) text += "<sup>" + mark + "</sup>";
  if (!cell.timeline.empty()) {
    text = fmt::format("<a href=\"{}\">{}</a>", escaped(cell.timeline), text);
  }
  const std::string hint =
      fmt::format("{} under {}: expected {}, observed {}; {} runs, {} met by the fault", row.lock,
                  column.code, cell.expected, cell.observed, cell.runs, cell.overlapping_runs);
  const bool differs = !cell.agrees || !cell.enough;
  return fmt::format("<td class=\"{}{}\" title=\"{}\">{}</td>", class_of(cell.observed),
                     differs ? " differs" : "", escaped(hint), text);
}

std::string rows_of(const MatrixPage& matrix) {
  std::string html;
  std::string group;
  for (const MatrixPageRow& row : matrix.rows) {
    if (row.group != group) {
      group = row.group;
      html +=
          fmt::format("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>\n",
                      matrix.columns.size() + 1, escaped(group));
    }
    html += fmt::format("<tr><th scope=\"row\"><a href=\"#{0}\">{0}</a></th>", escaped(row.lock));
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      html += cell_of(row, matrix.columns[i], row.cells[i]);
    }
    html += "</tr>\n";
  }
  return html;
}

std::string head_of(const MatrixPage& matrix) {
  std::string html;
  for (const MatrixPageColumn& column : matrix.columns) {
    html += fmt::format("<th scope=\"col\" title=\"{}\">{}</th>", escaped(column.summary),
                        escaped(column.code));
  }
  return html;
}

std::string faults_of(const MatrixPage& matrix) {
  std::string html;
  for (const MatrixPageColumn& column : matrix.columns) {
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(column.code), escaped(column.summary));
  }
  return html;
}

std::string reasons_of(const MatrixPage& matrix) {
  std::map<std::string, std::string> where;  // reason -> the cells it is given for
  for (const MatrixPageRow& row : matrix.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (row.cells[i].why.empty()) continue;
      where[row.cells[i].why] += fmt::format(" {}/{}", row.lock, matrix.columns[i].code);
    }
  }
  std::string html;
  for (const auto& [why, cells] : where) {
    html +=
        fmt::format("<li><strong>{}</strong>: {}</li>\n", escaped(cells.substr(1)), escaped(why));
  }
  return html.empty() ? "<li>nowhere</li>\n" : html;
}

std::string locks_of(const MatrixPage& matrix) {
  std::string html;
  for (const MatrixPageRow& row : matrix.rows) {
    html += fmt::format(
        "<li id=\"{0}\"><strong>{0}</strong>: {1}. Claims: {2}. Sources: {3}.</li>\n",
        escaped(row.lock), escaped(row.summary), escaped(row.claims), escaped(row.source));
  }
  return html;
}

std::string summary_of(const MatrixPage& matrix) {
  std::uint64_t cells = 0;
  std::uint64_t agreeing = 0;
  std::uint64_t runs = 0;
  for (const MatrixPageRow& row : matrix.rows) {
    for (const MatrixPageCell& cell : row.cells) {
      if (cell.observed.empty()) continue;
      ++cells;
      agreeing += cell.agrees && cell.enough;
      runs += cell.runs;
    }
  }
  return fmt::format("{} locks, {} cells, {} runs: {} cells are as expected, {} are not.{}",
                     matrix.rows.size(), cells, runs, agreeing, cells - agreeing,
                     matrix.interrupted ? " It was interrupted: the rest was not measured." : "");
}

}  // namespace

std::string matrix_page(const MatrixPage& matrix) {
  return filled(embedded::matrix_html, {{"@BEGIN@", page_begin("Lockstep matrix")},
                                        {"@STYLE@", std::string(embedded::matrix_css)},
                                        {"@SUMMARY@", escaped(summary_of(matrix))},
                                        {"@COMMAND@", escaped(matrix.command)},
                                        {"@HEAD@", head_of(matrix)},
                                        {"@ROWS@", rows_of(matrix)},
                                        {"@FAULTS@", faults_of(matrix)},
                                        {"@WHY@", reasons_of(matrix)},
                                        {"@LOCKS@", locks_of(matrix)}});
}

}  // namespace lockstep::reports

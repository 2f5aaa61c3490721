// lockstep open: an output folder in a browser.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

#include "cli/folder_server.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"

extern char** environ;

namespace lockstep {
namespace {

/// The words of $BROWSER, or xdg-open. No shell reads them.
std::vector<std::string> browser_command() {
  const char* wanted = std::getenv("BROWSER");
  std::istringstream text(wanted != nullptr && *wanted != '\0' ? wanted : "xdg-open");
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

/// Starts a browser and does not wait for it. False: there is none.
bool open_browser(const std::string& url) {
  std::vector<std::string> words = browser_command();
  words.push_back(url);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0;
}

/// The page to begin with: the folder itself when it has an index, else its timeline.
std::string first_page(const std::filesystem::path& folder) {
  std::error_code absent;
  if (std::filesystem::exists(folder / "index.html", absent)) return "";
  for (const char* name : {"odds.html", "timeline.html", "versus.html", "envelope.html"}) {
    if (std::filesystem::exists(folder / name, absent)) return name;
  }
  return "";
}

}  // namespace

Checked<ExitCode> open_folder(const OpenRequest& request, VerbContext context) {
  std::error_code absent;
  if (!std::filesystem::is_directory(request.folder, absent)) {
    return complain({ExitCode::bad_file,
                     "there is no such folder",
                     request.folder,
                     {},
                     "one is made by -o DIR: lockstep run LOCK -o DIR"});
  }
  Checked<FolderServer> server =
      FolderServer::listen(request.folder, static_cast<std::uint16_t>(request.port));
  if (!server) return complain(server.error());
  const std::string url = server->url() + first_page(request.folder);
  Terminal& terminal = context.terminal;
  if (context.json) {
    JsonWriter json{0};
    json.object().field("schema_version", 1).field("verb", "open").field("url", url).end();
    terminal.out << json.text() << std::endl;
  } else {
    terminal.out << url << std::endl;
  }
  if (request.browser && !open_browser(url) && !terminal.quiet) {
    terminal.err << "no browser was found (xdg-open, or $BROWSER): open the page yourself\n";
  }
  if (!terminal.quiet) terminal.err << "Ctrl-C ends it" << std::endl;
  server->run();
  return ExitCode::met;
}

}  // namespace lockstep

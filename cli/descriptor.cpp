#include "cli/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace lockstep {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

bool write_all(int descriptor, const std::string& content) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t written = ::write(descriptor, content.data() + done, content.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return true;
}

bool write_new_file(const std::string& path, const std::string& content) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return file.number() >= 0 && write_all(file.number(), content) && ::fsync(file.number()) == 0;
}

}  // namespace lockstep

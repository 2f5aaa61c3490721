#include "tests/real/pgbouncer_process.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/real/postgres_process.hpp"
#include "tests/real/process.hpp"

namespace lockstep::sql {

PgbouncerProcess::PgbouncerProcess(std::uint16_t server_port, int size)
    : directory_(real::new_directory("pgbouncer", "postgres")), port_(real::free_port()) {
  const std::string configuration = directory_ + "/pgbouncer.ini";
  std::ofstream out(configuration);
  out << "[databases]\npostgres = host=127.0.0.1 port=" << server_port << " user=postgres\n"
      << "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
      << "\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\nserver_round_robin = 1\n"
      << "default_pool_size = " << size << "\nmin_pool_size = " << size << "\n";
  out.close();
  process_ = real::launch({.words = {real::program_in_path("pgbouncer"), configuration},
                           .log = directory_ + "/log",
                           .user = "postgres"});
  for (int i = 0; i < 1000 && real::is_running(process_); ++i) {
    try {
      PostgresSession probe(port_);
      return;
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  throw std::runtime_error("pgbouncer does not start; see " + directory_ + "/log");
}

PgbouncerProcess::~PgbouncerProcess() {
  real::kill_hard(process_);
  real::remove_directory(directory_);
}

bool PgbouncerProcess::installed() {
  return !real::program_in_path("pgbouncer").empty();
}

}  // namespace lockstep::sql

#pragma once
// How a run is aimed at a fault class: what the recipes in aim_*.cpp share, and their names.

#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.hpp"
#include "core/outcome.hpp"
#include "core/random.hpp"

namespace lockstep::aim {

/// The lock's time scale: how long the service bears a holder's silence (Backend::lease).
Duration lease_of(const Scenario& scenario);
/// Not every lock or server has every parameter.
void put_if_there(Settings& settings, std::string_view name, SettingValue value);
Fault fault_of(std::string kind, std::vector<std::string> targets, Duration lasts = {});
/// Strikes at one of the steps between the grant and the release, of whichever client gets there.
void at_hold(Fault& fault, Random& random);
/// Strikes at any step of the protocol, the lock's own steps included.
void at_any_step(Fault& fault, const Backend& backend, Random& random);
/// Strikes within the time that a request, its execution and its reply take.
void into_round_trip(Fault& fault, const Scenario& scenario, Random& random);
/// The servers that grant the lock: the primary, the independent ones, or all of a group's.
std::vector<std::string> granting_servers(const Scenario& scenario, const Backend& backend);
/// Enough of them to keep a client from its grant, or more.
std::vector<std::string> most_servers(const Scenario& scenario, const Backend& backend,
                                      Random& random);

/// Servers whose trouble takes a grant away, and from whom.
struct Prey {
  std::vector<std::string> servers;
  std::string client{};  // empty: whoever holds
};
/// The primary. Where a grant takes a quorum, either as many servers as a grant has beyond a quorum
/// and one more, or one server of a client that has no more than a quorum: the others are cut off
/// from it. In a replicated group the leader, some other member, or all of them.
Prey choose_prey(Scenario& scenario, const Backend& backend, Random& random);
/// The same fault at each of the servers, at the same moment.
void strike(Scenario& scenario, const Fault& fault, const Prey& prey);

// The recipes. Each changes a calm Scenario so that its fault is likely to meet a hold.
void calm(Scenario& scenario, const Backend& backend, Random& random);
// aim_clients.cpp
void overlong_work(Scenario& scenario, const Backend& backend, Random& random);
void pause_client(Scenario& scenario, const Backend& backend, Random& random);
void crash_client(Scenario& scenario, const Backend& backend, Random& random);
// aim_servers.cpp
void restart_server(Scenario& scenario, const Backend& backend, Random& random);
void lose_server_state(Scenario& scenario, const Backend& backend, Random& random);
void fail_over(Scenario& scenario, const Backend& backend, Random& random);
// aim_clocks.cpp
void server_jumps_ahead(Scenario& scenario, const Backend& backend, Random& random);
void server_jumps_back(Scenario& scenario, const Backend& backend, Random& random);
void client_jumps(Scenario& scenario, const Backend& backend, Random& random);
/// Each client's wall clock is off by 2 ms to two leases, one way or the other, from the start.
void set_clocks_apart(Scenario& scenario, Random& random);
void drift_within(Scenario& scenario, const Backend& backend, Random& random);
void drift_beyond(Scenario& scenario, const Backend& backend, Random& random);
// aim_network.cpp
void cut_client_off(Scenario& scenario, const Backend& backend, Random& random);
void lose_replies(Scenario& scenario, const Backend& backend, Random& random);
void delay_messages(Scenario& scenario, const Backend& backend, Random& random);
void lose_packets(Scenario& scenario, const Backend& backend, Random& random);
void late_reply(Scenario& scenario, const Backend& backend, Random& random);
void late_effect(Scenario& scenario, const Backend& backend, Random& random);

// Whether a run met its fault (aim_met.cpp): one that did not has tested nothing.
bool fault_met_hold(const Outcome& outcome);
bool several_held(const Outcome& outcome);
bool hold_filled_its_lease(const Outcome& outcome);
bool acquire_outlasted_lease(const Outcome& outcome);

}  // namespace lockstep::aim

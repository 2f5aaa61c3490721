#pragma once
// What locks rest on: each violation breaks one of these, and its story names which.

#include <string_view>
#include <vector>

namespace lockstep::reports {

// One line each: what it is called in code, in files, and the sentence that was taken for granted.
// docs/verdicts.md lists them for readers.
#define LOCKSTEP_ASSUMPTIONS(X)                                                                 \
  X(awake_holder, "awake-holder", "a holder is awake when its lease ends")                      \
  X(work_fits_the_lease, "work-fits-the-lease", "the work is done before the lease ends")       \
  X(delivered_in_time, "delivered-in-time", "what a holder sends arrives while it still holds") \
  X(holder_learns_in_time, "holder-learns-in-time",                                             \
    "a holder whose grant ended has learned of it before anybody else is let in")               \
  X(told_while_it_lives, "told-while-it-lives", "whoever is told of a grant still has it")      \
  X(server_clock_steady, "server-clock-steady", "the server's clock does not jump")             \
  X(clients_clocks_agree, "clients-clocks-agree", "the clocks of the clients agree")            \
  X(clocks_run_alike, "clocks-run-alike",                                                       \
    "all clocks run at one rate, as nearly as the lock allows for")                             \
  X(lease_as_asked, "lease-as-asked",                                                           \
    "a lease lasts for as long as its holder asked, and nobody else changes it")                \
  X(found_and_taken_at_once, "found-and-taken-at-once",                                         \
    "finding a lock free and taking it is one step, at one time")                               \
  X(no_more_than_there_is, "no-more-than-there-is",                                             \
    "the service has no more grants alive than there is room for")                              \
  X(granted_first, "granted-first", "who believes that it holds was granted it before")         \
  X(holders_told_apart, "holders-told-apart", "the service can tell its holders apart")         \
  X(release_of_its_own, "release-of-its-own",                                                   \
    "nobody ends a grant that is not its own and not over")                                     \
  X(own_commands_spare_it, "own-commands-spare-it",                                             \
    "no other command of a holder, and no late one, ends what it holds")                        \
  X(survives_restart, "survives-restart", "a server that comes back knows what it had granted") \
  X(survives_failover, "survives-failover", "who takes over knows what was granted before")     \
  X(never_evicted, "never-evicted", "a server keeps a lock until it is released or expires")    \
  X(renewed_or_lost, "renewed-or-lost", "a renewal fails once the grant is over")               \
  X(left_behind_ends, "left-behind-ends", "what a holder leaves behind has an end of its own")  \
  X(waiters_are_woken, "waiters-are-woken", "who waits for a lock that is free is woken")       \
  X(knows_its_own, "knows-its-own", "a client recognizes a grant that is its own")              \
  X(one_order, "one-order", "several locks are taken in one order")                             \
  X(somebody_succeeds, "somebody-succeeds", "of many who try, one gets it")                     \
  X(tokens_rise, "tokens-rise", "every grant's token is higher than all before it")             \
  X(first_come_first_served, "first-come-first-served", "who asked first is served first")

enum class Assumption {
#define LOCKSTEP_NAME(name, text, sentence) name,
  LOCKSTEP_ASSUMPTIONS(LOCKSTEP_NAME)
#undef LOCKSTEP_NAME
};

std::string_view name_of(Assumption assumption);
/// "a holder is awake when its lease ends".
std::string_view meaning_of(Assumption assumption);
const std::vector<Assumption>& all_assumptions();

}  // namespace lockstep::reports

// Clients move money between two accounts, each of which has a lock of its own: take both locks,
// read both balances, work, check, debit, credit. No lock makes the two writes one: a holder that
// dies or is fenced between them leaves the money nowhere (lock-algorithms.md, finding 11), unless
//   mode = atomic   the resource writes both balances in one step, or
//   mode = journal  both new balances are written down first, in one value, and whoever gets the
//                   locks next finishes what it finds there.

#include "workloads/several.hpp"
#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

constexpr std::int64_t journal_base = 1'000'000;

/// What a client found under both locks. An account that was never written has the opening
/// balance; nobody empties one, so a 0 says that it was never written.
struct Books {
  StoredValue journal;
  StoredValue account[2];
};

/// Balances never fall below this: see Books.
constexpr std::int64_t least_balance = 1;

std::string account_name(std::size_t account) {
  return account == 0 ? "account-1" : "account-2";
}

std::string lock_name(std::size_t account) {
  return account == 0 ? "lock-1" : "lock-2";
}

Task<Result<StoredValue>> read_account(Session& session, Hold hold, std::size_t account) {
  auto stored = co_await session.read(std::move(hold), account_name(account));
  if (stored && stored->value == 0) stored->value = session.settings().number("balance");
  co_return stored;
}

Task<Result<Books>> read_books(Session& session, std::vector<Hold> holds, bool journal) {
  Books books;
  if (journal) {
    const auto entry = co_await session.read(holds[0], "journal");
    if (!entry) co_return fail(entry.error());
    books.journal = *entry;
  }
  for (std::size_t account = 0; account < 2; ++account) {
    const auto stored = co_await read_account(session, holds[account], account);
    if (!stored) co_return fail(stored.error());
    books.account[account] = *stored;
  }
  co_return books;
}

/// Writes a new balance, and remembers which version it has become.
Task<bool> put(Session& session, Hold hold, std::size_t account, std::int64_t balance,
               StoredValue& seen) {
  const auto stored = co_await session.write(std::move(hold), account_name(account), balance, seen);
  if (stored) seen = *stored;
  // Whether an unanswered write arrived nobody knows; the client goes on as if it had.
  co_return stored || !stored.error().definite();
}

Task<bool> put_journal(Session& session, Hold hold, std::int64_t entry, StoredValue& seen) {
  const auto stored = co_await session.write(std::move(hold), "journal", entry, seen);
  if (stored) seen = *stored;
  co_return stored.has_value();
}

/// Does what an entry says: both balances in one number, so that doing it twice does no harm.
Task<bool> carry_out(Session& session, std::vector<Hold> holds, std::int64_t entry, Books& books) {
  const std::int64_t balances[2] = {entry / journal_base, entry % journal_base};
  for (std::size_t account = 0; account < 2; ++account) {
    const auto stored = co_await session.write(holds[account], account_name(account),
                                               balances[account], books.account[account]);
    if (!stored) co_return false;
    books.account[account] = *stored;
    books.account[account].value = balances[account];
  }
  const bool cleared = co_await put_journal(session, holds[0], 0, books.journal);
  co_return cleared;
}

Task<void> write_naively(Session& session, std::vector<Hold> holds, Books books,
                         std::int64_t amount, std::size_t from) {
  const std::size_t to = 1 - from;
  const std::int64_t left = books.account[from].value - amount;
  const std::int64_t grown = books.account[to].value + amount;
  const bool debited = co_await put(session, holds[from], from, left, books.account[from]);
  if (!debited) co_return;
  const bool credited = co_await put(session, holds[to], to, grown, books.account[to]);
  (void)credited;  // too late to do anything about it: the debit is done
}

Task<void> write_at_once(Session& session, std::vector<Hold> holds, Books books,
                         std::int64_t amount, std::size_t from) {
  std::vector<Change> changes;
  for (std::size_t account = 0; account < 2; ++account) {
    Change change;
    change.hold = holds[account];
    change.resource = account_name(account);
    change.value = books.account[account].value + (account == from ? -amount : amount);
    change.seen = books.account[account];
    changes.push_back(std::move(change));
  }
  const auto written = co_await session.write_all(std::move(changes));
  (void)written;  // the history has it
}

Task<void> write_by_journal(Session& session, std::vector<Hold> holds, Books books,
                            std::int64_t amount, std::size_t from) {
  const std::int64_t first = books.account[0].value + (from == 0 ? -amount : amount);
  const std::int64_t second = books.account[1].value + (from == 1 ? -amount : amount);
  const std::int64_t entry = first * journal_base + second;
  const bool noted = co_await put_journal(session, holds[0], entry, books.journal);
  if (!noted) co_return;
  const bool done = co_await carry_out(session, std::move(holds), entry, books);
  (void)done;  // if not, whoever comes next finds the entry
}

Task<void> move_money(Session& session, std::vector<Hold> holds, std::size_t from) {
  const std::string mode = session.settings().text("mode");
  auto read = co_await read_books(session, holds, mode == "journal");
  if (!read) co_return;
  Books books = *read;
  if (books.journal.value != 0) {
    const bool recovered = co_await carry_out(session, holds, books.journal.value, books);
    if (!recovered) co_return;
  }
  co_await work(session);
  const bool may_first = co_await session.may_act(holds[0]);
  const bool may_second = co_await session.may_act(holds[1]);
  const std::int64_t most = books.account[from].value - least_balance;
  if (!may_first || !may_second || most < 1) co_return;
  const std::int64_t amount = session.env.random().between(std::int64_t{1}, most);
  if (mode == "atomic") {
    co_await write_at_once(session, std::move(holds), books, amount, from);
  } else if (mode == "journal") {
    co_await write_by_journal(session, std::move(holds), books, amount, from);
  } else {
    co_await write_naively(session, std::move(holds), books, amount, from);
  }
}

Task<void> transfer_once(Session& session) {
  const std::size_t from = session.env.random().below(2);
  std::vector<std::string> wanted;
  wanted.push_back(lock_name(from));
  wanted.push_back(lock_name(1 - from));
  auto got = co_await acquire_all(session, std::move(wanted));
  if (!got) co_return;
  std::vector<Hold> holds = std::move(*got);
  if (from == 1) std::swap(holds[0], holds[1]);
  co_await move_money(session, holds, from);
  co_await release_all(session, std::move(holds));
}

Task<void> client(Session& session) {
  return repeat(session, transfer_once);
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> own = order_parameters();
  own.push_back({"mode",
                 std::string("naive"),
                 "how debit and credit are written: one by one, at once, or by way of a journal",
                 {"naive", "atomic", "journal"}});
  own.push_back({"balance", std::int64_t{100}, "what each account holds at the beginning"});
  return common_workload_parameters(std::move(own));
}

std::int64_t both(const Settings&) {
  return 2;
}

}  // namespace

Workload workloads::transfer() {
  return {.name = "transfer",
          .summary = "clients move money between two accounts under two locks: debit, then credit",
          .parameters = parameters(),
          .uses_resource = true,
          .client = client,
          .locks_at_once = both,
          .round_trips = 12};
}

}  // namespace lockstep

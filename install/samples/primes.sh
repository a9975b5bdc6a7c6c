#!/usr/bin/env bash
# Looks for primes up to $1, tells of every five hundredth as it finds it, and leaves two outputs.
#   krt run -r bash -f install/samples/primes.sh -- 40000
set -euo pipefail
limit=${1:-40000}

is_prime() { # N
  local n=$1 d
  for ((d = 2; d * d <= n; d++)); do
    ((n % d)) || return 1
  done
}

count=0 largest=
for ((n = 2; n <= limit; n++)); do
  is_prime "$n" || continue
  count=$((count + 1)) largest=$n
  ((count % 500)) || echo "prime number $count is $n"
done
echo "$count primes up to $limit"
{
  echo "primes=$count"
  echo "largest=$largest"
} >>"$KRUNTIME_OUTPUTS"

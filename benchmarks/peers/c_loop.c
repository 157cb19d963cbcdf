/* The workload as a C programmer would write it: one loop that decides, one that tells the contacts of those
 * who changed. Single precision and bytes, as in labsim's engine. Two kinds of draws, chosen at compile time:
 * labsim's addressed Philox words (the same work; default), or a hash of two multiplications (-DHASH). */

#include <math.h>
#include <stdint.h>

#define COMMUNITY 5000
#define REWARD_AT 10
#define BLOCK 1024

#ifdef HASH
static void draw(uint64_t seed, uint32_t day, uint32_t group, uint32_t *words)
{
    uint32_t key = (uint32_t)(seed ^ (seed >> 32)) * 0x9E3779B9u + day * 0x85EBCA6Bu;
    for (uint32_t i = 0; i < BLOCK; i++) {
        uint32_t z = (group * BLOCK + i) * 0x9E3779B9u + key;
        z = (z ^ (z >> 16)) * 0x21F0AAADu;
        z = (z ^ (z >> 15)) * 0x735A2D97u;
        words[i] = z ^ (z >> 15);
    }
}
#else
static void draw(uint64_t seed, uint32_t day, uint32_t group, uint32_t *words)
{
    for (uint32_t i = 0; i < BLOCK / 4; i++) {
        uint32_t c0 = group * (BLOCK / 4) + i, c1 = 0, c2 = day, c3 = 3 + 65536;
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        words[i] = c0;
        words[i + BLOCK / 4] = c1;
        words[i + BLOCK / 2] = c2;
        words[i + 3 * BLOCK / 4] = c3;
    }
}
#endif

/* e**x without a call, so that the compiler can take many at once */
static inline float fast_exp(float x)
{
    x = x < -80.0f ? -80.0f : x;
    x = x > 80.0f ? 80.0f : x;
    float k = floorf(x * 1.44269504f + 0.5f);
    float r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
    float p = ((((1 / 720.0f) * r + 1 / 120.0f) * r + 1 / 24.0f) * r + 1 / 6.0f) * r + 0.5f;
    union { int32_t i; float f; } power = { ((int32_t)k + 127) << 23 };
    return power.f * (p * r * r + r + 1.0f);
}

void year(int64_t n, int64_t days, int64_t seed, const int64_t *restrict start, const int32_t *restrict other,
          const float *restrict base, const float *restrict weight, int8_t *restrict acting, int8_t *restrict acts,
          int8_t *restrict change, int8_t *restrict points, float *restrict habit, float *restrict trust,
          int64_t *restrict budget, int64_t *restrict record)
{
    int64_t communities = (n + COMMUNITY - 1) / COMMUNITY;
    uint32_t words[BLOCK];
    for (int64_t day = 0; day < days; day++) {
        int64_t drawn = -1;
        for (int64_t place = 0; place < communities; place++) {
            float paid = budget[place] > 0;
            int64_t end = (place + 1) * COMMUNITY < n ? (place + 1) * COMMUNITY : n;
            int64_t sums[4] = {0};
            for (int64_t first = place * COMMUNITY; first < end;) {
                if (first / BLOCK != drawn) {
                    drawn = first / BLOCK;
                    draw((uint64_t)seed, (uint32_t)day, (uint32_t)drawn, words);
                }
                int64_t last = (drawn + 1) * BLOCK < end ? (drawn + 1) * BLOCK : end;
                const uint32_t *luck = words + (first - drawn * BLOCK);
                int32_t acted = 0, trusted = 0, used = 0, rewards = 0; /* a block's sums fit in 31 bits */
                for (int64_t k = 0; k < last - first; k++) {
                    int64_t i = first + k;
                    float utility = base[i] + weight[i] * acting[i] + habit[i] + 1.2f * trust[i];
                    float u = (luck[k] >> 8) * 0x1p-24f + 0x1p-25f;
                    int32_t act = u + u * fast_exp(-utility) < 1.0f;
                    habit[i] += 0.05f * (act - habit[i]);
                    trust[i] += act * 0.02f * (paid - trust[i]);
                    int32_t collected = points[i] + act;
                    int32_t full = collected >= REWARD_AT;
                    points[i] = (int8_t)(collected - REWARD_AT * full);
                    change[i] = (int8_t)(act - acts[i]);
                    acts[i] = (int8_t)act;
                    acted += act;
                    rewards += full;
                    trusted += (int32_t)(trust[i] * 0x1p20f);
                    used += (int32_t)(habit[i] * 0x1p20f);
                }
                sums[0] += acted;
                sums[1] += trusted;
                sums[2] += used;
                sums[3] += rewards;
                first = last;
            }
            budget[place] = budget[place] > sums[3] ? budget[place] - sums[3] : 0;
            int64_t *row = record + (day * communities + place) * 4;
            row[0] = sums[0];
            row[1] = sums[1];
            row[2] = sums[2];
            row[3] = budget[place];
        }
        for (int64_t first = 0; first < n; first += BLOCK) {
            int64_t last = first + BLOCK < n ? first + BLOCK : n;
            int32_t changed[BLOCK], many = 0;
            for (int64_t i = first; i < last; i++) { changed[many] = (int32_t)i; many += change[i] != 0; }
            for (int32_t j = 0; j < many; j++) {
                int64_t i = changed[j];
                for (int64_t k = start[i]; k < start[i + 1]; k++)
                    acting[other[k]] = (int8_t)(acting[other[k]] + change[i]);
            }
        }
    }
}

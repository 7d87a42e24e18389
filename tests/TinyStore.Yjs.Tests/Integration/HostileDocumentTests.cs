using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Tests.Updates;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Integration;

/// <summary>
/// T22 for documents: large updates made to hurt. Each is taken in or refused within the promised memory, and none takes time
/// that grows faster than the input: where it would, these tests would run for hours.
/// </summary>
public sealed class HostileDocumentTests(ITestOutputHelper output)
{
    private const int Large = 100_000;

    public static TheoryData<string> Attacks => [.. Made.Keys];

    private static readonly Dictionary<string, Func<byte[]>> Made = new()
    {
        ["every client waits for one that is missing"] = () => Groups(client => client * 2, (w, client) => WriteWithOrigin(w, 1, 5)),
        ["every client waits for the one below it"] = () => Groups(client => client, (w, client) => WriteWithOrigin(w, client == 1 ? Large + 9UL : client - 1, 0)),
        ["every client waits for the one above it, the last for the first"] = () => Groups(client => client, (w, client) => WriteWithOrigin(w, client == Large ? 1 : client + 1, 0)),
        ["every client waits for itself"] = () => Groups(client => client, (w, client) => WriteWithOrigin(w, client, 0), clock: 1),
        ["every client sets the same key"] = () => Groups(client => client, (w, client) => w.WriteBytes(Hex.Bytes("28 01016d 0161 01 7d01"))),
        ["every client inserts at the same place"] = () => Groups(client => client, (w, client) => w.WriteBytes(Hex.Bytes("08 010174 01 7d01"))),
        ["one client many times"] = () => Groups(_ => 7, (w, client) => w.WriteBytes([0, 1])),
        ["every client has one collected clock"] = () => Groups(client => client, (w, client) => w.WriteBytes([0, 1])),
        ["every client has one root of its own"] = () => Groups(client => client, (w, client) =>
        {
            w.WriteBytes([0x08, 1]);
            w.WriteVarString("r" + client);
            w.WriteBytes([1, 0x7f]);
        }),
        ["deletes of clients that are missing"] = () => Deletes(client => client, 1),
        ["ranges of a client that is missing, backwards"] = () => Deletes(_ => 7, Large),
        // T20: what merges must not move everything behind it each time.
        ["list elements that all merge"] = () => OneClient((w, clock) => WriteAfterTheLast(w, clock, "08 010174")),
        ["one key overwritten again and again"] = () => OneClient((w, clock) => WriteAfterTheLast(w, clock, "28 01016d 0161")),
        ["collected clocks that all merge"] = () => OneClient((w, _) => w.WriteBytes([0, 1])),
        ["maps in maps"] = () => OneClient((w, clock) =>
        {
            w.WriteBytes(clock == 0 ? Hex.Bytes("27 01016d 0161") : [0x27, 0, 1]);
            if (clock > 0)
            {
                w.WriteVarUint(clock - 1);
                w.WriteBytes([1, 0x61]);
            }

            w.WriteByte(1);
        }),
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Attack_StaysWithinTimeAndMemory(string name)
    {
        var update = Made[name]();
        var v2 = YUpdate.ConvertV1ToV2(update);
        var work = Task.Run(() =>
        {
            Apply(name, update.Length, doc => doc.ApplyUpdate(update));
            Apply(name + " (V2)", update.Length + v2.Length, doc => doc.ApplyUpdateV2(v2));
        });
        await work.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void DamagedUpdates_ApplyWholeOrChangeNothing_WithinMemory()
    {
        var samples = SampleUpdates.All.Append(Hex.Bytes(Types.Recorded.Array)).Append(Hex.Bytes(Types.Recorded.Text)).Append(Hex.Bytes(Types.Recorded.Xml)).ToList();
        var (refused, accepted) = (0, 0);
        foreach (var update in samples)
        {
            foreach (var (bytes, isV2) in Damaged(update).Select(bytes => (bytes, false)).Concat(Damaged(YUpdate.ConvertV1ToV2(update)).Select(bytes => (bytes, true))))
            {
                var doc = new YDoc(new YDocOptions { ClientId = 1234 });
                doc.ApplyUpdate(SampleUpdates.Small);
                var before = doc.EncodeStateAsUpdate();
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    if (isV2)
                    {
                        doc.ApplyUpdateV2(bytes, maxStructs: 500);
                    }
                    else
                    {
                        doc.ApplyUpdate(bytes);
                    }

                    accepted++;
                }
                catch (YUpdateFormatException)
                {
                    refused++;
                    Assert.Equal(before, doc.EncodeStateAsUpdate());
                }
                catch (Exception e)
                {
                    Assert.Fail($"{(isV2 ? "V2 " : "")}{Hex.Text(bytes)}: {e}");
                }

                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                var allowed = (64L * bytes.Length) + 65536 + (isV2 ? 500 * 200 : 0);
                Assert.True(allocated <= allowed, $"{allocated} bytes where {allowed} are allowed, {(isV2 ? "V2 " : "")}{Hex.Text(bytes)}");
            }
        }

        output.WriteLine($"{refused} refused, {accepted} accepted");
        Assert.True(refused > 1000 && accepted > 200);
    }

    [Fact]
    public void LimitsAreNamed()
    {
        AssertNames("MaxDepth", new UpdateBuilder().Group(1, 0).Struct("08 010174 01" + string.Concat(Enumerable.Repeat("7501", 101)) + "7f").ToArray());
        AssertNames("MaxClock", new UpdateBuilder().Group(1, uint.MaxValue).GC(1).ToArray());
        AssertNames("MaxClock", new UpdateBuilder().Delete(1, uint.MaxValue, 1).ToArray());
        Assert.Contains("DecoderLimits.MaxDepth", JsonBomb(), StringComparison.Ordinal);

        static void AssertNames(string limit, byte[] update) =>
            Assert.Contains("DecoderLimits." + limit, Assert.Throws<YUpdateFormatException>(() => new YDoc().ApplyUpdate(update)).Message, StringComparison.Ordinal);

        static string JsonBomb() => Assert.Throws<YUpdateFormatException>(() => new YDoc().ApplyUpdate(
            new UpdateBuilder().Group(1, 0).Item(YContentKind.Embed, null, w => w.WriteVarString(new string('[', 200))).ToArray())).Message;
    }

    [Fact]
    public void RepeatedKeys_AreLimited()
    {
        // One name of 1 MB and 2^16 elements that repeat it by its number.
        using var keyClocks = new IntDiffOptRleWriter();
        using var strings = new StringColumnWriter();
        strings.Write("t"u8);
        strings.Write(new byte[1 << 20].AsSpan());
        const int Elements = 1 << 16;
        for (var i = 0; i < Elements; i++)
        {
            keyClocks.Write(0);
            strings.Write("t"u8);
        }

        using var update = new Lib0Writer();
        update.WriteByte(0);
        update.WriteVarBytes(keyClocks.Finish());
        update.WriteBytes(Hex.Bytes("0105 00 00 0107"));
        strings.Finish(update);
        update.WriteBytes(Hex.Bytes("0101"));
        using var typeRefs = new UintOptRleWriter();
        for (var i = 0; i < Elements; i++)
        {
            typeRefs.Write(3);
        }

        update.WriteVarBytes(typeRefs.Finish());
        update.WriteVarBytes([]);
        update.WriteVarUint(1);
        update.WriteVarUint(Elements);
        update.WriteBytes([0, 0]);
        var bytes = update.ToArray();
        Assert.Contains("DecoderLimits.MaxRepeatedKeyBytes", Assert.Throws<YUpdateFormatException>(() => new YDoc().ApplyUpdateV2(bytes)).Message, StringComparison.Ordinal);
    }

    private void Apply(string name, int length, Action<YDoc> apply)
    {
        using var doc = new YDoc();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            apply(doc);
        }
        catch (YUpdateFormatException e)
        {
            output.WriteLine($"refused: {e.Message}");
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        output.WriteLine($"{name}: {length:N0} bytes, {allocated:N0} allocated, {allocated / (double)length:N1} a byte, pending {doc.HasPending}");
        Assert.InRange(allocated, 0, (64L * length) + 65536);
        StoreIntegrityOf(doc);
    }

    private static void StoreIntegrityOf(YDoc doc) => new YDoc().ApplyUpdate(doc.EncodeStateAsUpdate());

    private static void WriteAfterTheLast(Lib0Writer writer, uint clock, string firstPlace)
    {
        if (clock == 0)
        {
            writer.WriteBytes(Hex.Bytes(firstPlace));
        }
        else
        {
            writer.WriteBytes([0x88, 1]);
            writer.WriteVarUint(clock - 1);
        }

        writer.WriteBytes([1, 0x7f]);
    }

    private static void WriteWithOrigin(Lib0Writer writer, ulong client, uint clock)
    {
        writer.WriteByte(0x88);
        writer.WriteVarUint(client);
        writer.WriteVarUint(clock);
        writer.WriteBytes([1, 0x7f]);
    }

    private static byte[] Groups(Func<ulong, ulong> id, Action<Lib0Writer, ulong> write, uint clock = 0)
    {
        using var writer = new Lib0Writer();
        writer.WriteVarUint(Large);
        for (ulong client = Large; client > 0; client--)
        {
            writer.WriteVarUint(1);
            writer.WriteVarUint(id(client));
            writer.WriteVarUint(clock);
            write(writer, client);
        }

        writer.WriteVarUint(0);
        return writer.ToArray();
    }

    private static byte[] OneClient(Action<Lib0Writer, uint> write)
    {
        using var writer = new Lib0Writer();
        writer.WriteBytes([1]);
        writer.WriteVarUint(Large);
        writer.WriteBytes([1, 0]);
        for (uint clock = 0; clock < Large; clock++)
        {
            write(writer, clock);
        }

        writer.WriteVarUint(0);
        return writer.ToArray();
    }

    private static byte[] Deletes(Func<ulong, ulong> id, int ranges)
    {
        using var writer = new Lib0Writer();
        var clients = Large / ranges;
        writer.WriteVarUint(0);
        writer.WriteVarUint((uint)clients);
        for (var client = clients; client > 0; client--)
        {
            writer.WriteVarUint(id((ulong)client));
            writer.WriteVarUint((uint)ranges);
            for (var range = ranges; range > 0; range--)
            {
                writer.WriteVarUint((uint)range * 3);
                writer.WriteVarUint(1);
            }
        }

        return writer.ToArray();
    }

    private static IEnumerable<byte[]> Damaged(byte[] update)
    {
        for (var offset = 0; offset < update.Length; offset++)
        {
            yield return update[..offset];
            foreach (var bomb in new[] { "ff7f", "ffffffff0f", "ffffffffffffff0f", "ffffffffffffffffffff" })
            {
                yield return [.. update[..offset], .. Hex.Bytes(bomb), .. update[(offset + 1)..]];
            }

            for (var bit = 0; bit < 8; bit++)
            {
                var copy = (byte[])update.Clone();
                copy[offset] ^= (byte)(1 << bit);
                yield return copy;
            }
        }
    }
}

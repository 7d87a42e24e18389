using CsCheck;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>
/// Laws that hold for all updates, checked on random pieces of one random history: clients whose elements never change, cut
/// into updates at any places, overlapping, with holes, in any order.
/// </summary>
public class UpdatePropertyTests
{
    private readonly ITestOutputHelper _output;

    public UpdatePropertyTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Merge_HasTheContentOfAll()
    {
        var (holes, cuts, collected, doubles) = (0, 0, 0, 0);
        Pieces(12).Sample(updates =>
        {
            var expected = UpdateContent.Of(updates);
            var merged = Merge(updates);
            Assert.Equal(0, expected.Contradictions);
            Assert.Equal(expected.Describe(), UpdateContent.Of(merged).Describe());
            Interlocked.Add(ref doubles, updates.Sum(u => UpdateContent.Of(u).Elements.Count) - expected.Elements.Count);
            Count(merged, updates, ref holes, ref cuts, ref collected);
        });
        _output.WriteLine($"met {holes} holes, {cuts} cut structs, {collected} collected structs, {doubles} elements said twice");
        Assert.True(holes > 20 && cuts > 20 && collected > 20 && doubles > 20);
    }

    [Fact]
    public void Merge_IsAssociativeCommutativeAndIdempotent() => Pieces(3).Where(updates => updates.Length == 3).Sample(updates =>
    {
        var all = UpdateContent.Of(Merge(updates)).Describe();
        Assert.Equal(all, UpdateContent.Of(Merge([Merge(updates[..2]), updates[2]])).Describe());
        Assert.Equal(all, UpdateContent.Of(Merge([updates[0], Merge(updates[1..])])).Describe());
        Assert.Equal(all, UpdateContent.Of(Merge([updates[2], updates[0], updates[1]])).Describe());
        Assert.Equal(all, UpdateContent.Of(Merge([.. updates, Merge(updates), updates[0]])).Describe());
    });

    [Fact]
    public void Diff_HasWhatIsMissingAndNoMoreThanOneRun() => Gen.Select(Pieces(6), Gen.UInt[0, 30].Array[5]).Sample((updates, clocks) =>
    {
        var update = Merge(updates);
        var known = YStateVector.Create(clocks.Select((clock, client) => KeyValuePair.Create((ulong)client, clock)));
        var (whole, difference) = (UpdateContent.Of(update), UpdateContent.Of(YUpdate.Diff(update, known.Encode())));
        Assert.Equal(whole.Elements.Keys.Where(id => id.Clock >= known.GetClock(id.Client)), difference.Elements.Keys.Where(id => id.Clock >= known.GetClock(id.Client)));
        Assert.DoesNotContain(difference.Elements.Keys, id => id.Clock < known.GetClock(id.Client));
        Assert.Equal(whole.Deleted, difference.Deleted);
    });

    [Fact]
    public void Diff_ThenMerge_IsTheWhole() => Gen.Select(Pieces(6), Pieces(4)).Sample((mine, theirs) =>
    {
        var (a, b) = (Merge(mine), Merge(theirs));
        var missing = YUpdate.Diff(b, YUpdate.EncodeStateVector(a));
        var expected = UpdateContent.Of(a, b);
        var actual = UpdateContent.Of(Merge([a, missing]));
        Assert.Equal(expected.Elements.Keys, actual.Elements.Keys);
        Assert.Equal(expected.Deleted, actual.Deleted);
    });

    [Fact]
    public void EncodeStateVector_CountsTheFirstRunOfEachClient() => Pieces(8).Sample(updates =>
    {
        var merged = Merge(updates);
        var elements = UpdateContent.Of(merged).Elements;
        var vector = YStateVector.Decode(YUpdate.EncodeStateVector(merged));
        for (var client = 0UL; client < 5; client++)
        {
            var clock = 0u;
            while (elements.ContainsKey((client, clock)))
            {
                clock++;
            }

            Assert.Equal(clock, vector.GetClock(client));
        }
    });

    [Fact]
    public void Merge_OfManySmallUpdates_IsThatOfTheirBatches() => Gen.Int[0, int.MaxValue].Sample(
        seed =>
        {
            var random = new Random(seed);
            var updates = Enumerable.Range(0, 4).SelectMany(client => History(random, (ulong)client, 200)).Select(run =>
            {
                var builder = new UpdateBuilder().Group(run.Client, run.Clock);
                run.Write(builder, 0, run.Content.Length);
                return builder.ToArray();
            }).ToArray();
            random.Shuffle(updates);
            var batches = updates.Chunk(20).Select(Merge).ToArray();
            Assert.Equal(UpdateContent.Of(updates).Describe(), UpdateContent.Of(Merge(updates)).Describe());
            Assert.Equal(UpdateContent.Of(updates).Describe(), UpdateContent.Of(Merge(batches)).Describe());
        },
        iter: 10);

    private static byte[] Merge(IEnumerable<byte[]> updates) => YUpdate.Merge(updates.Select(u => (ReadOnlyMemory<byte>)u).ToArray());

    private static Gen<byte[][]> Pieces(int most) => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, most]).Select((seed, count) =>
    {
        var random = new Random(seed);
        var history = Enumerable.Range(0, 5).Select(client => History(random, (ulong)client, 12)).ToArray();
        return Enumerable.Range(0, count).Select(_ => Piece(random, history)).ToArray();
    });

    /// <summary>One client's runs of elements, each behind the last.</summary>
    private static List<Run> History(Random random, ulong client, int runs)
    {
        var result = new List<Run>();
        var clock = 0u;
        for (var i = 0; i < runs; i++)
        {
            YItemId? origin = random.Next(3) == 0 ? null : new YItemId((ulong)random.Next(5), (uint)random.Next(40));
            origin = origin?.Client == client && origin?.Clock >= clock ? null : origin; // of its own client only what is older
            YContentKind[] kinds = [YContentKind.GC, YContentKind.Deleted, YContentKind.Any, YContentKind.Type, YContentKind.String, YContentKind.String];
            var kind = kinds[random.Next(kinds.Length)];
            var content = Enumerable.Range(0, kind == YContentKind.Type ? 1 : random.Next(1, 6)).Select(_ => random.Next(5)).ToArray();
            result.Add(new Run(client, clock, kind, origin, content));
            clock += (uint)content.Length;
        }

        return result;
    }

    /// <summary>A stretch of some clients' histories, its runs cut anywhere.</summary>
    private static byte[] Piece(Random random, List<Run>[] history)
    {
        var builder = new UpdateBuilder();
        foreach (var runs in history.Reverse().Where(_ => random.Next(3) > 0))
        {
            var size = (int)(runs[^1].Clock + runs[^1].Content.Length);
            var start = random.Next(size);
            Write(builder, random, runs, start, random.Next(start + 1, Math.Min(size, start + 12) + 1));
            builder.Delete(runs[0].Client, (uint)start, (uint)random.Next(2));
        }

        return builder.ToArray();
    }

    private static void Write(UpdateBuilder builder, Random random, List<Run> runs, int start, int end)
    {
        builder.Group(runs[0].Client, (uint)start);
        foreach (var run in runs)
        {
            var from = Math.Max(0, start - (int)run.Clock);
            var last = Math.Min(run.Content.Length, end - (int)run.Clock);
            while (from < last)
            {
                var to = random.Next(from + 1, last + 1);
                run.Write(builder, from, to);
                from = to;
            }
        }
    }

    private sealed record Run(ulong Client, uint Clock, YContentKind Kind, YItemId? Origin, int[] Content)
    {
        public void Write(UpdateBuilder builder, int from, int to)
        {
            var content = Content[from..to];
            var origin = from == 0 ? Origin : new YItemId(Client, Clock + (uint)from - 1);
            _ = Kind switch
            {
                YContentKind.GC => builder.GC((uint)content.Length),
                YContentKind.Deleted => builder.Item(Kind, origin, w => w.WriteVarUint((uint)content.Length)),
                YContentKind.Type => builder.Item(Kind, origin, w => w.WriteByte((byte)(content[0] % 3))),
                YContentKind.String => builder.Text(string.Concat(content.Select(c => "abcé漢"[c])), origin),
                _ => builder.Item(Kind, origin, w =>
                {
                    w.WriteVarUint((uint)content.Length);
                    content.ToList().ForEach(c => ((YValue)c).WriteAny(w));
                }),
            };
        }
    }

    private static void Count(byte[] merged, byte[][] updates, ref int holes, ref int cuts, ref int collected)
    {
        var known = new HashSet<(YItemId, uint)>();
        foreach (var update in updates)
        {
            var source = new YStructReader(update, validate: false);
            while (source.Read())
            {
                known.Add((source.Current.Id, source.Current.Length));
            }
        }

        var reader = new YStructReader(merged, validate: false);
        while (reader.Read())
        {
            Interlocked.Add(ref holes, reader.Current.Kind == YContentKind.Skip ? 1 : 0);
            Interlocked.Add(ref collected, reader.Current.Kind == YContentKind.GC ? 1 : 0);
            Interlocked.Add(ref cuts, reader.Current.IsItem && !known.Contains((reader.Current.Id, reader.Current.Length)) ? 1 : 0);
        }
    }
}

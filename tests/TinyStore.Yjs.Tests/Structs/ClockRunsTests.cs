using CsCheck;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

public class ClockRunsTests
{
    // A list of (handle, length) as the model; the index must agree after any appends, splits and merges.
    [Fact]
    public void AnyAppendsSplitsAndMerges_KeepTheOrderOfAList() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_000_000], Gen.UInt[1, 5]).List[1, 3000].Sample(
            steps =>
            {
                var entries = new Slab<Entry>();
                var table = new ClientTable(entries);
                var client = table.GetOrAdd(42);
                var model = new List<int>();
                foreach (var (what, where, length) in steps)
                {
                    Step(entries, table, client, model, what, where, length);
                }

                Check(entries, table, client, model);
            },
            iter: 60);

    [Fact]
    public void ManySplits_SpreadOverBlocks_AreAllFound()
    {
        var entries = new Slab<Entry>();
        var table = new ClientTable(entries);
        var client = table.GetOrAdd(1);
        var model = new List<int>();
        Step(entries, table, client, model, 0, 0, 100_000);
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            Step(entries, table, client, model, 7, random.Next(), 1);
        }

        Check(entries, table, client, model);
        for (var i = 0; i < 15_000; i++)
        {
            Step(entries, table, client, model, 9, random.Next(), 1);
        }

        Check(entries, table, client, model);
    }

    private static void Step(Slab<Entry> entries, ClientTable table, int client, List<int> model, int what, int where, uint length)
    {
        if (what < 6 || model.Count == 0)
        {
            if (what == 5)
            {
                entries.Append(default); // a handle of another client between
            }

            var handle = entries.Append(new Entry(client, table[client].Next, EntryKind.Deleted, Entry.LongValue(0, length)));
            table.Append(client, handle, length);
            model.Add(handle);
        }
        else if (what < 8)
        {
            Split(entries, table, client, model, where % model.Count);
        }
        else if (model.Count > 1)
        {
            Merge(entries, table, client, model, 1 + (where % (model.Count - 1)));
        }
    }

    private static void Split(Slab<Entry> entries, ClientTable table, int client, List<int> model, int index)
    {
        var (clock, length) = (entries[model[index]].Clock, entries[model[index]].Length);
        if (length < 2)
        {
            return;
        }

        var diff = (length + 1) / 2;
        var position = table.Position(client, clock);
        entries[model[index]].Value = Entry.LongValue(0, diff);
        var right = entries.Add(new Entry(client, clock + diff, EntryKind.Deleted, Entry.LongValue(0, length - diff)));
        table.InsertAfter(client, position, right, clock + diff);
        model.Insert(index + 1, right);
    }

    private static void Merge(Slab<Entry> entries, ClientTable table, int client, List<int> model, int index)
    {
        var (left, right) = (model[index - 1], model[index]);
        var position = table.Position(client, entries[right].Clock);
        entries[left].Value = Entry.LongValue(0, entries[left].Length + entries[right].Length);
        table.RemoveAndMovePrevious(client, ref position);
        Assert.Equal(left, table.Handle(client, position));
        entries.Free(right);
        model.RemoveAt(index);
    }

    private static void Check(Slab<Entry> entries, ClientTable table, int client, List<int> model)
    {
        var position = default(ClockPosition);
        for (var i = 0; i < model.Count; i++)
        {
            Assert.Equal(model[i], table.Handle(client, position));
            Assert.Equal(model[i], table.HandleAt(client, entries[model[i]].Clock));
            Assert.Equal(model[i], table.HandleAt(client, entries[model[i]].LastClock));
            if (i % 97 == 0)
            {
                Assert.Equal(model.Count - i, table.CountFrom(client, position));
            }

            Assert.Equal(i + 1 < model.Count, table.MoveNext(client, ref position));
        }

        position = table.LastPosition(client);
        for (var i = model.Count - 1; i >= 0; i--)
        {
            Assert.Equal(model[i], table.Handle(client, position));
            Assert.Equal(i > 0, table.MovePrevious(client, ref position));
        }
    }
}

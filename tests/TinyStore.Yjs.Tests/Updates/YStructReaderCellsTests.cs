using CsCheck;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>Cells in the row of the one before are read by comparing bytes: that must give what decoding gives.</summary>
public class YStructReaderCellsTests
{
    private const int Clock = 1000;

    private static readonly Gen<string> Places = OneOf(
        "28 00 01 00", "28 00 01 00", "28 00 01 00", "28 00 01 05", "28 00 8101 8002", "28 00 ffffffffffffff0f ffffffff0f", "28 01 0174", "68 01 02", "a8 01 02", "27 00 01 04", "21 00 01 00", "08 00 01 03");

    private static readonly Gen<string> Keys = OneOf(
        "0161", "0161", "0162", "00", "08 6162636465666768", "09 616263646566676869", "03 e282ac", "7f " + string.Concat(Enumerable.Repeat("61", 127)), "8001 " + string.Concat(Enumerable.Repeat("61", 128)));

    private static readonly Gen<string> Values = OneOf(
        "01 7d05", "01 7d45", "01 7d40", "01 7dbf7f", "01 7d bfffffffffff7f", "01 7d bfffffffffffff01", "01 770161", "01 7700", "01 7703e282ac", "01 78", "01 79", "01 7e", "01 7f",
        "01 7b 4009000000000000", "01 7c 40900000", "01 7a 0000000000000001", "01 7500", "01 7600", "01 740101", "02 7d017d02", "00");

    // What a validating reader refuses.
    private static readonly Gen<string> BadValues = OneOf("01 7701ff", "01 73", "01 7d bfffffffffffffffff7f", "01 7d bfffffffffffff7f");

    private static readonly Gen<string> Cell = Gen.Select(
        Places, Gen.Frequency((20, Keys), (1, Gen.Const("01ff"))), Gen.Frequency((20, Values), (1, BadValues)), (place, key, value) => place[..2] switch
        {
            "08" => place + value,
            "21" => place + key + "03",
            "27" => place + key + "01",
            "28" => place + key + value,
            _ => place + value, // it has the key of its origin
        });

    [Fact]
    public void Read_OfRuns_FindsWhatReadingOneByOneFinds()
    {
        var inRuns = 0;
        var refused = 0;
        Cell.Array[1, 12].Sample(
            cells =>
            {
                var structs = cells.Select(Hex.Bytes).ToArray();
                var together = Read(new UpdateBuilder().Group(7, Clock), structs, (update, s) => update.Struct(s));
                var clock = (uint)Clock;
                var apart = Read(new UpdateBuilder(), structs, (update, s) =>
                {
                    update.Group(7, clock).Struct(s);
                    clock += LengthOf(s);
                });
                Assert.Equal(apart, together);
                Interlocked.Add(ref inRuns, cells.Zip(cells.Skip(1)).Count(pair => pair.First.StartsWith("28 00", StringComparison.Ordinal) && pair.Second.StartsWith(pair.First[..11], StringComparison.Ordinal)));
                Interlocked.Add(ref refused, together is [.., ['!', ..]] ? 1 : 0);
            },
            iter: 4_000);
        Assert.True(inRuns > 1_000 && refused > 100, $"{inRuns} cells followed one in the same place, {refused} were refused: too few");
    }

    // Every key kind that a struct can have is told apart by its parent, also when a struct without key stands between two cells.
    [Fact]
    public void Read_OfACellBehindAListItemElsewhere_TellsItsOwnParent()
    {
        var structs = new[] { "28 00 01 00 0161 01 7d05", "08 00 01 03 01 7d05", "28 00 01 00 0162 01 7d05" };
        var found = Read(new UpdateBuilder().Group(7, Clock), [.. structs.Select(Hex.Bytes)], (update, s) => update.Struct(s));
        Assert.Contains("1:0", found[2], StringComparison.Ordinal);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static uint LengthOf(byte[] s)
    {
        try
        {
            var reader = new YStructReader([1, 1, 7, 0, .. s], validate: true);
            return reader.Read() ? reader.Current.Length : 0;
        }
        catch (YUpdateFormatException)
        {
            return 1;
        }
    }

    /// <summary>What is read of an update, and what it is refused for.</summary>
    private static List<string> Read(UpdateBuilder builder, byte[][] structs, Action<UpdateBuilder, byte[]> add)
    {
        foreach (var s in structs)
        {
            add(builder, s);
        }

        byte[] update = [.. builder.ToArray(), .. new byte[400]]; // what follows an update is ignored; near the end no cell is read the short way
        var found = new List<string>();
        var reader = new YStructReader(update, validate: true, checkReferences: true);
        try
        {
            while (reader.Read())
            {
                ref readonly var s = ref reader.Current;
                found.Add($"{s.Id}+{s.Length} {s.Info} {s.Kind} {s.ParentKind} {(s.ParentKind == YParentKind.Item ? s.ParentId : "")} {(s.HasKey ? Hex.Text(s.Key(update)) : "-")} {Hex.Text(update.AsSpan(s.Body..s.End))} {s.Content - s.Body} {s.End - s.Start}");
            }
        }
        catch (YUpdateFormatException e)
        {
            found.Add("!" + e.Message.Split(" (at byte")[0]);
        }

        return found;
    }
}

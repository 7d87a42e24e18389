using CsCheck;

namespace TinyStore.Crdt.Tests.Yjs;

public sealed class FlatKeyTests
{
    private static readonly string[] Nasty = ["", "/", "%", "%25", "%2F", "%%", "//", "/%", "a/b", "a%2Fb", "~", "%2f"];

    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Int[0, Nasty.Length - 1].Select(index => Nasty[index]),
        Gen.String[Gen.Char["%/25Fa"], 0, 6],
        Gen.String[Gen.Char["aé\u0000漢"], 0, 3]);

    private static readonly Gen<string> Keys = Gen.String[Gen.Char["%/25F"], 0, 9];

    [Theory]
    [InlineData("pets", "r1", "name", "pets/r1/name")]
    [InlineData("", "", "", "//")]
    [InlineData("a/b", "%", "%2F", "a%2Fb/%25/%252F")]
    [InlineData("/", "//", "%/%", "%2F/%2F%2F/%25%2F%25")]
    [InlineData("Zoë 🦒", "~1", "a b", "Zoë 🦒/~1/a b")]
    public void Of_KnownIds_GivesTheKeyOfTheFormat(string tableId, string rowId, string cellId, string key) =>
        Assert.Equal(key, FlatKey.Of(tableId, rowId, cellId));

    [Fact]
    public void TrySplit_AKeyOfThreeIds_GivesThemBack() =>
        Gen.Select(Ids, Ids, Ids).Sample((tableId, rowId, cellId) =>
            FlatKey.TrySplit(FlatKey.Of(tableId, rowId, cellId), out var table, out var row, out var cell)
            && (table, row, cell) == (tableId, rowId, cellId));

    // Were two keys the same cell, two peers could each show another one.
    [Fact]
    public void TrySplit_AnyText_IsRefusedOrIsExactlyTheKeyOfItsIds()
    {
        var split = 0;
        var refused = 0;
        Keys.Sample(key =>
        {
            if (!FlatKey.TrySplit(key, out var tableId, out var rowId, out var cellId))
            {
                Interlocked.Increment(ref refused);
                return true;
            }
            Interlocked.Increment(ref split);
            return FlatKey.Of(tableId, rowId, cellId) == key;
        }, iter: 20_000);

        Assert.True(split > 100 && refused > 100, $"{split} {refused}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("a/b/c/d")]
    [InlineData("a/b%/c")]
    [InlineData("a/b/c%2")]
    [InlineData("a%2f/b/c")]
    public void TrySplit_NotAKey_IsRefused(string key) => Assert.False(FlatKey.TrySplit(key, out _, out _, out _));
}

using System.Text;
using CsCheck;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

public class KeyTableTests
{
    [Fact]
    public void Intern_AnyStrings_GivesEachOneId() =>
        Gen.String.List[0, 200].Sample(
            strings =>
            {
                var keys = new KeyTable();
                var model = new Dictionary<string, int>();
                foreach (var text in strings.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))))
                {
                    var id = keys.Intern(text.AsSpan());
                    Assert.True(id > 0);
                    Assert.Equal(model.TryGetValue(text, out var known) ? known : id, id);
                    model[text] = id;
                }

                foreach (var (text, id) in model)
                {
                    Assert.Equal(id, keys.Find(Encoding.UTF8.GetBytes(text)));
                    Assert.Equal(text, keys.String(id));
                    Assert.Same(keys.String(id), keys.String(id));
                }

                Assert.Equal(model.Count, keys.Count);
            },
            iter: 200);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(200_000)]
    public void Intern_LongKeys_KeepsThemWhole(int length)
    {
        var keys = new KeyTable();
        keys.Intern("before".AsSpan());
        var key = new string('k', length);
        var id = keys.Intern(key.AsSpan());
        var after = keys.Intern("after".AsSpan());
        Assert.Equal(key, keys.String(id));
        Assert.Equal("after", keys.String(after));
        Assert.Equal(id, keys.Find(key.AsSpan()));
    }

    [Fact]
    public void Intern_ManyKeys_FindsEachAgain()
    {
        var keys = new KeyTable();
        for (var i = 0; i < 50_000; i++)
        {
            Assert.Equal(i + 1, keys.Intern($"key {i}".AsSpan()));
        }

        for (var i = 0; i < 50_000; i++)
        {
            Assert.Equal(i + 1, keys.Find($"key {i}".AsSpan()));
            Assert.Equal($"key {i}", keys.String(i + 1));
        }

        Assert.Equal(0, keys.Find("key 50000".AsSpan()));
    }
}

namespace TinyStore.Tests;

public sealed class StoreRunAfterTransactionTests
{
    private readonly Store _store = new();
    private readonly List<string> _calls = [];

    [Fact]
    public void RunAfterTransaction_NoneIsOpen_RunsAtOnce()
    {
        _store.RunAfterTransaction(() => _calls.Add("work"));

        Assert.Equal(["work"], _calls);
    }

    [Fact]
    public void RunAfterTransaction_InTransaction_RunsAfterAfterListenersAndMayWrite()
    {
        using var listener = _store.AddAfterTransactionListener(_ => _calls.Add("after"));

        _store.Transaction(() =>
        {
            _store.RunAfterTransaction(() =>
            {
                _calls.Add(_store.IsInTransaction ? "locked" : "work");
                _store.SetValue("b", 2);
            });
            _store.SetValue("a", 1);
            _calls.Add("actions");
        });

        Assert.Equal(["actions", "after", "work", "after"], _calls);
        Assert.Equal(2, _store.GetValue("b"));
    }

    [Fact]
    public void RunAfterTransaction_TransactionStaysEmpty_Runs()
    {
        _store.Transaction(() => _store.RunAfterTransaction(() => _calls.Add("work")));

        Assert.Equal(["work"], _calls);
    }

    [Fact]
    public void RunAfterTransaction_TransactionThrows_Runs()
    {
        Assert.Throws<FormatException>(() => _store.Transaction(() =>
        {
            _store.RunAfterTransaction(() => _calls.Add("work"));
            throw new FormatException();
        }));

        Assert.Equal(["work"], _calls);
    }

    [Fact]
    public void RunAfterTransaction_FromObserver_RunsOnceStoreIsWritable()
    {
        using var listener = _store.AddValueListener("a", _ => _store.RunAfterTransaction(() => _store.SetValue("b", 2)));

        _store.SetValue("a", 1);

        Assert.Equal(2, _store.GetValue("b"));
    }

    [Fact]
    public void HasWritingListeners_ObserversOnly_IsFalse()
    {
        using var observer = _store.AddValueListener(null, _ => { });
        Assert.False(_store.HasWritingListeners);

        using (_store.AddValueListener(null, _ => { }, ListenerKind.Mutator))
        {
            Assert.True(_store.HasWritingListeners);
        }
        Assert.False(_store.HasWritingListeners);
        using var start = _store.AddStartTransactionListener(_ => { });
        Assert.True(_store.HasWritingListeners);
    }
}
